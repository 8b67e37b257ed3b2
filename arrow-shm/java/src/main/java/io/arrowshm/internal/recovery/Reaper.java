package io.arrowshm.internal.recovery;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A daemon thread that sweeps again and again, in every participant, until it is closed. */
public final class Reaper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);

    private final Runnable sweep;
    private final Thread thread;
    private final long intervalNanos;
    private final NewFailures failures = new NewFailures();
    private volatile boolean closed;

    public Reaper(Runnable sweep, String poolName, Duration interval) {
        this.sweep = sweep;
        this.intervalNanos = interval.toNanos();
        thread = new Thread(this::run, "arrow-shm-reaper-" + poolName);
        thread.setDaemon(true);
        // Lives as long as the JVM: it must not keep the class loader of the job that happened to open the pool.
        thread.setContextClassLoader(Reaper.class.getClassLoader());
        thread.start();
    }

    /** Returns when the thread has ended, so that the pool can be unmapped. Idempotent. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        Threads.awaitEnd(thread);
    }

    private void run() {
        while (!closed) {
            try {
                sweep.run();
            } catch (RuntimeException e) {
                if (failures.isNew(e.toString())) {
                    LOG.error("A sweep for what dead processes have left failed; it is tried again", e);
                }
            }
            failures.endRound();
            LockSupport.parkNanos(intervalNanos);
        }
    }
}
