package io.arrowshm.jobs;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.cluster.CloseOnExit;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.LocalClusterOptions;
import io.arrowshm.cluster.TaskManagerSpec;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.flink.dropin.DropInOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.util.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * The pool and the cluster of one example, which end together: with {@link #close}, or when this JVM is asked to stop.
 * Starting and stopping exclude each other, so that whoever stops finds all or nothing.
 */
final class ExampleSession implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

    private final CloseOnExit session = new CloseOnExit("example-shutdown", this::stop);
    private final Path directory;
    private final PoolOptions poolOptions;
    private final boolean keepPool;
    private boolean keepLogs;
    private boolean closed;
    private @Nullable SharedMemoryPool pool;
    private @Nullable LocalCluster cluster;

    /**
     * Nothing runs yet; the shutdown hook is set.
     *
     * @param keep whether the pool and the logs outlive this
     */
    ExampleSession(Example example, boolean keep) {
        poolOptions =
                PoolOptions.named(example.name() + "-" + ProcessHandle.current().pid());
        keepPool = keep;
        keepLogs = keep;
        try {
            directory = Files.createTempDirectory("arrow-shm-" + example.name() + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary directory", e);
        }
        // Read by log4j2.xml when the first logger is made, so nothing before this line may log.
        System.setProperty(
                "arrow-shm.client.log", directory.resolve("client.log").toString());
        session.begin();
    }

    /**
     * Makes the pool, starts the cluster, and returns when all slots are there.
     *
     * @return the cluster, which this closes
     * @throws UserErrorException if the pool cannot be had
     */
    synchronized LocalCluster start() {
        if (closed) {
            throw new IllegalStateException("stopped");
        }
        try {
            pool = SharedMemoryPool.open(poolOptions);
        } catch (SharedMemoryException e) {
            throw new UserErrorException(e.getMessage(), e);
        }
        LocalCluster started = LocalCluster.start(LocalClusterOptions.builder()
                .workDirectory(directory.resolve("cluster"))
                .keepLogs(true)
                .startTimeout(START_TIMEOUT)
                .configuration(DropInOptions.POOL.key(), poolOptions.name())
                .taskManagers(Example.PARALLELISM, TaskManagerSpec.DEFAULT)
                .build());
        cluster = started;
        started.awaitTaskManagers(START_TIMEOUT);
        return started;
    }

    PoolOptions poolOptions() {
        return poolOptions;
    }

    /** Has the logs outlive this, and says where they are. */
    synchronized Path keepLogs() {
        keepLogs = true;
        return directory;
    }

    @Override
    public void close() {
        session.close();
    }

    private synchronized void stop() {
        closed = true;
        if (cluster != null) {
            cluster.close();
        }
        if (pool != null) {
            pool.close();
            if (!keepPool) {
                SharedMemoryPool.remove(poolOptions);
            }
        }
        if (!keepLogs) {
            try {
                FileUtils.deleteDirectory(directory.toFile());
            } catch (IOException e) {
                throw new UncheckedIOException("cannot delete " + directory, e);
            }
        }
    }
}
