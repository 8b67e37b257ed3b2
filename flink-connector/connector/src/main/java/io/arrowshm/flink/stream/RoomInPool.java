package io.arrowshm.flink.stream;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.flink.annotation.Internal;

/** Waits for room in a full pool, on the task's thread and for a bounded time. */
@Internal
public final class RoomInPool {
    // Asking a full pool takes about as long: not too often, since everybody who writes may be waiting.
    private static final long SHORTEST_PARK_NANOS = 1_000_000;
    private static final long LONGEST_PARK_NANOS = 16_000_000;

    private RoomInPool() {}

    /**
     * Tries an allocation until it succeeds.
     *
     * @throws SharedMemoryException FULL if it does not within the time; whatever else it fails with
     * @throws InterruptedException if the task is cancelled meanwhile
     */
    public static <T> T await(long timeoutNanos, Supplier<T> allocation) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        long parkNanos = SHORTEST_PARK_NANOS;
        while (true) {
            try {
                return allocation.get();
            } catch (SharedMemoryException e) {
                if (e.kind() != Kind.FULL || System.nanoTime() - deadline > 0) {
                    throw e;
                }
            }
            LockSupport.parkNanos(parkNanos);
            parkNanos = Math.min(2 * parkNanos, LONGEST_PARK_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting for room in the pool");
            }
        }
    }
}
