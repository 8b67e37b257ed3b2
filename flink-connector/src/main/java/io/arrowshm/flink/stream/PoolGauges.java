package io.arrowshm.flink.stream;

import io.arrowshm.shm.PoolStatistics;
import io.arrowshm.shm.SharedMemoryPool;
import java.time.Duration;

/** Counts a pool at most once a second, however many gauges ask: counting looks at every slot. Any thread. */
final class PoolGauges {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final SharedMemoryPool pool;
    private PoolStatistics latest;
    private long countedNanos = System.nanoTime();

    PoolGauges(SharedMemoryPool pool) {
        this.pool = pool;
        latest = pool.statistics();
    }

    synchronized PoolStatistics statistics() {
        if (System.nanoTime() - countedNanos > INTERVAL_NANOS) {
            latest = pool.statistics();
            countedNanos = System.nanoTime();
        }
        return latest;
    }
}
