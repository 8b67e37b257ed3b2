package io.arrowshm.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for what may not be there yet, with a deadline and a name for what is awaited. Any thread. */
public final class Await {
    /** Longer than any wait in the code under test, on a machine that is busy with something else. */
    public static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final long POLL_NANOS = 1_000_000;

    private Await() {}

    /** Returns once the condition holds; if it does not within {@link #PATIENCE}, the test fails. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, PATIENCE, condition, () -> "");
    }

    /** @param diagnosis what the failure says besides; asked only when the deadline has passed */
    public static void until(String what, BooleanSupplier condition, Supplier<?> diagnosis) {
        until(what, PATIENCE, condition, diagnosis);
    }

    public static void until(String what, Duration patience, BooleanSupplier condition, Supplier<?> diagnosis) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > patience.toNanos()) {
                throw new AssertionError("not within " + patience + ": " + what + "; " + diagnosis.get());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
