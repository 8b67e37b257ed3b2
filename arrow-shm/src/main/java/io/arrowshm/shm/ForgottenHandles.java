package io.arrowshm.shm;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Memory that handles pin which nobody can reach any more. They are so small that the heap can stay half empty for hours
 * while they fill a pool: so a full pool is worth one garbage collection, now and then. Any thread.
 */
final class ForgottenHandles {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long CLEANING_NANOS = Duration.ofMillis(200).toNanos();
    private static final long POLL_NANOS = 1_000_000;
    // A collection of a large heap takes long: at most this share of the time goes into them.
    private static final int SHARE_OF_TIME = 100;
    private static final AtomicLong NEXT = new AtomicLong(System.nanoTime());

    private ForgottenHandles() {}

    /**
     * Tries an allocation again after a collection, unless there was one a moment ago.
     *
     * @param full what the allocation failed with
     * @throws SharedMemoryException FULL if it still fails
     */
    static <T> T collectAndRetry(SharedMemoryException full, Supplier<T> allocation) {
        long start = System.nanoTime();
        long next = NEXT.get();
        if (start - next < 0 || !NEXT.compareAndSet(next, start + INTERVAL_NANOS)) {
            throw full;
        }
        System.gc();
        long end = System.nanoTime();
        NEXT.set(end + Math.max(INTERVAL_NANOS, SHARE_OF_TIME * (end - start)));
        long deadline = end + CLEANING_NANOS;
        SharedMemoryException latest;
        do {
            // The Cleaner has a thread of its own.
            LockSupport.parkNanos(POLL_NANOS);
            try {
                return allocation.get();
            } catch (SharedMemoryException e) {
                latest = e;
            }
        } while (latest.kind() == Kind.FULL && System.nanoTime() - deadline < 0);
        throw latest;
    }
}
