package io.arrowshm.shm.recovery;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A daemon thread that sweeps again and again, in every participant, until it is closed. */
public final class Reaper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);

    private final Sweeper sweeper;
    private final Thread thread;
    private final long intervalMs;
    private boolean closed;

    public Reaper(Sweeper sweeper, String poolName, Duration interval) {
        this.sweeper = sweeper;
        this.intervalMs = interval.toMillis();
        thread = new Thread(this::run, "arrow-shm-reaper-" + poolName);
        thread.setDaemon(true);
        // Lives as long as the JVM: it must not keep the class loader of the job that happened to open the pool.
        thread.setContextClassLoader(Reaper.class.getClassLoader());
        thread.start();
    }

    /** Returns when the thread has ended, so that the pool can be unmapped. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (pause()) {
            try {
                sweeper.sweep();
            } catch (RuntimeException e) {
                LOG.error("A sweep for what dead processes have left failed; it is tried again", e);
            }
        }
    }

    private synchronized boolean pause() {
        try {
            if (!closed) {
                wait(intervalMs);
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread for a reason of ours; closing is what ends it.
            LOG.debug("The reaper was interrupted");
        }
        return !closed;
    }
}
