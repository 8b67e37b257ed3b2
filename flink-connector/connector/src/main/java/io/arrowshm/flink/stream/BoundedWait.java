package io.arrowshm.flink.stream;

import io.arrowshm.flink.internals.BackPressure;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.flink.annotation.Internal;

/**
 * Waits for something in shared memory, that nobody can be notified of, on the task's thread: for a bounded time,
 * interruptibly, and shown as back-pressure.
 */
@Internal
public final class BoundedWait {
    private static final long PARK_NANOS = 50_000;
    /** A flush wakes threads of Flink's network; once in this time it was not seen in the rate of any size. */
    private static final long FLUSH_NANOS = 1_000_000;

    private final BackPressure backPressure;
    private final Runnable counter;
    private final Runnable flush;
    private long flushedNanos = System.nanoTime();
    private boolean flushIsDue;

    /**
     * @param backPressure that of the task
     * @param counter counts the waits
     * @param flush sends what is still in this task's output buffers: the receiver may be waiting for that
     */
    public BoundedWait(BackPressure backPressure, Runnable counter, Runnable flush) {
        this.backPressure = backPressure;
        this.counter = counter;
        this.flush = flush;
    }

    /** To be called when a record is written: sends what is still in this task's output buffers, if it is not to wait there. */
    public void flushIfDue() {
        if (flushIsDue) {
            flush();
        }
    }

    /** What is being written is not to wait in the output buffers. */
    void makeFlushDue() {
        flushIsDue = true;
    }

    /** Whether the last flush is long enough ago for another one to cost little. */
    boolean isFlushCheap() {
        return System.nanoTime() - flushedNanos >= FLUSH_NANOS;
    }

    private void flush() {
        flush.run();
        flushedNanos = System.nanoTime();
        flushIsDue = false;
    }

    /**
     * Whether the condition holds before the deadline, or now if that has passed.
     *
     * @param deadlineNanos as of {@link System#nanoTime()}
     * @throws InterruptedException if the task is cancelled meanwhile
     */
    public boolean until(BooleanSupplier condition, long deadlineNanos) throws InterruptedException {
        if (condition.getAsBoolean()) {
            return true;
        }
        if (System.nanoTime() - deadlineNanos >= 0) {
            return false;
        }
        counter.run();
        flush();
        backPressure.begin();
        try {
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    return false;
                }
                LockSupport.parkNanos(PARK_NANOS);
                if (Thread.interrupted()) {
                    throw new InterruptedException("interrupted while waiting for the receiver");
                }
            }
            return true;
        } finally {
            backPressure.end();
        }
    }
}
