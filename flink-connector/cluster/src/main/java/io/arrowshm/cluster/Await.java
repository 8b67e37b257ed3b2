package io.arrowshm.cluster;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting by polling, with a deadline and a name for what is awaited. Any thread. */
public final class Await {
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    private Await() {}

    /**
     * Returns once the condition holds.
     *
     * @param what what is awaited, for the message
     * @param diagnosis what to add to the message; asked only when the deadline has passed
     * @throws ClusterException if the condition does not hold when the deadline has passed, or the thread is
     *     interrupted (its flag stays set)
     */
    public static void until(String what, Duration timeout, BooleanSupplier condition, Supplier<String> diagnosis) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                throw new ClusterException(
                        "not within the deadline: " + what + ", timeout=" + timeout + "\n" + textOf(diagnosis));
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new ClusterException("interrupted while waiting: " + what);
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        }
    }

    /** What failed to come would otherwise be hidden behind what failed while it was described. */
    private static String textOf(Supplier<String> diagnosis) {
        try {
            return diagnosis.get();
        } catch (RuntimeException e) {
            return e.toString();
        }
    }
}
