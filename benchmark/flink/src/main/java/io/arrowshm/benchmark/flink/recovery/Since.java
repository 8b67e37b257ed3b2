package io.arrowshm.benchmark.flink.recovery;

import io.arrowshm.benchmark.flink.cluster.TwoTaskManagers;
import io.arrowshm.benchmark.flink.job.BenchmarkException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A moment from which time counts. Any thread.
 *
 * @param nanos by {@link System#nanoTime}
 */
record Since(long nanos) {
    private static final long POLL_NANOS = 10_000_000;

    static Since now() {
        return new Since(System.nanoTime());
    }

    /**
     * Looks every 10 ms until a condition holds, and returns how long that was after this moment, in milliseconds.
     *
     * @throws BenchmarkException if it does not hold in time
     */
    double millisUntil(String what, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - nanos > TwoTaskManagers.TIMEOUT.toNanos()) {
                throw new BenchmarkException("not within " + TwoTaskManagers.TIMEOUT + ": " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return (System.nanoTime() - nanos) / 1e6;
    }
}
