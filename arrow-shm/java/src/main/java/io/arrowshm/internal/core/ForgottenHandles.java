package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
        Retry<T> retry = new Retry<>(allocation, full);
        collect(retry);
        NEXT.set(System.nanoTime() + Math.max(INTERVAL_NANOS, SHARE_OF_TIME * (System.nanoTime() - start)));
        return retry.result();
    }

    /** Runs a garbage collection, and waits a moment for the Cleaner, which has a thread of its own. */
    static void collect(BooleanSupplier isEnough) {
        System.gc();
        long deadline = System.nanoTime() + CLEANING_NANOS;
        do {
            LockSupport.parkNanos(POLL_NANOS);
        } while (!isEnough.getAsBoolean() && System.nanoTime() - deadline < 0);
    }

    /** An allocation that is tried until it succeeds or fails for another reason than a full pool. */
    private static final class Retry<T> implements BooleanSupplier {
        private final Supplier<T> allocation;
        private SharedMemoryException latest;
        private @Nullable T result;

        Retry(Supplier<T> allocation, SharedMemoryException full) {
            this.allocation = allocation;
            this.latest = full;
        }

        @Override
        public boolean getAsBoolean() {
            try {
                result = allocation.get();
                return true;
            } catch (SharedMemoryException e) {
                latest = e;
                return e.kind() != Kind.FULL;
            }
        }

        T result() {
            if (result == null) {
                throw latest;
            }
            return result;
        }
    }
}
