package io.arrowshm.flink.stream;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import java.net.URL;
import java.util.Enumeration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens the first pool of a process in a thread of a job whose class loader is closed meanwhile. */
public final class OpeningForAJobThatEnds {
    private static final Logger LOG = LoggerFactory.getLogger(OpeningForAJobThatEnds.class);

    private OpeningForAJobThatEnds() {}

    public static void main(String[] arguments) {
        // As Flink's process has long since begun to log.
        LOG.debug("begun");
        PoolOptions options =
                PoolOptions.named(arguments[0]).withSizeBytes(1 << 20).withSlots(64);
        ClassLoader ended = new ClassLoader(OpeningForAJobThatEnds.class.getClassLoader()) {
            @Override
            public Enumeration<URL> getResources(String name) {
                throw new IllegalStateException("Trying to access closed classloader");
            }
        };
        Thread.currentThread().setContextClassLoader(ended);
        ProcessPools.get(options);
        System.out.println("opened");
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread != Thread.currentThread() && thread.getContextClassLoader() == ended)
                .forEach(thread -> System.out.println(thread.getName() + " keeps the job's class loader"));
        ProcessPools.closeAll();
        SharedMemoryPool.remove(options);
    }
}
