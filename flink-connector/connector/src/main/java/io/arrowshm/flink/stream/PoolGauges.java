package io.arrowshm.flink.stream;

import io.arrowshm.PoolStatistics;
import io.arrowshm.SharedMemoryPool;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Counts a pool at most once a second, however many gauges ask: counting looks at every slot. Any thread. */
final class PoolGauges {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final SharedMemoryPool pool;
    private @Nullable PoolStatistics latest;
    private long countedNanos;

    PoolGauges(SharedMemoryPool pool) {
        this.pool = pool;
    }

    synchronized PoolStatistics statistics() {
        PoolStatistics statistics = latest;
        if (statistics == null || System.nanoTime() - countedNanos > INTERVAL_NANOS) {
            statistics = pool.statistics();
            latest = statistics;
            countedNanos = System.nanoTime();
        }
        return statistics;
    }
}
