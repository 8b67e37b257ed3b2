package io.arrowshm.benchmark.flink.limits;

import io.arrowshm.PoolOptions;
import io.arrowshm.benchmark.flink.cluster.PooledCluster;
import io.arrowshm.benchmark.flink.job.BenchmarkException;
import io.arrowshm.console.UserErrorException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Measures limits, as often as it is asked to. One thread. */
public final class LimitsSession implements AutoCloseable {
    private static final long POOL_BYTES = 1 << 30;
    private static final int HAND_OVERS = 500_000;

    private final PooledCluster cluster;
    private final Duration time;
    private final PassingJob passing;

    private LimitsSession(PooledCluster cluster, Duration time, long records) {
        this.cluster = cluster;
        this.time = time;
        passing = new PassingJob(cluster, records);
    }

    /**
     * @param time that each rate is measured for
     * @param records that are passed between TaskManagers
     * @throws UserErrorException if there is not enough shared memory
     */
    public static LimitsSession open(Duration time, long records) {
        return new LimitsSession(PooledCluster.start("limits", POOL_BYTES, Map.of()), time, records);
    }

    /**
     * Measures everything once.
     *
     * @throws BenchmarkException if something could not be measured
     */
    public LimitsRound measure() throws InterruptedException {
        Path directory = Path.of(PoolOptions.defaultDirectory());
        try {
            List<LimitsRound.CopyRates> copies = new ArrayList<>();
            for (int bytes : Limits.COPIED_BYTES) {
                copies.add(new LimitsRound.CopyRates(
                        MemoryCopy.warm(bytes / Double.BYTES, time),
                        MemoryCopy.uncached(bytes, time),
                        MemoryCopy.cold(bytes, directory)));
            }
            double loopback = LoopbackTcp.gigabytesPerSecond(time);
            CacheLine.HandOvers handOvers = CacheLine.measure(directory, HAND_OVERS);
            double records = passing.recordsPerSecond();
            List<Double> references = new ArrayList<>();
            for (int bytes : Limits.REFERENCED_BYTES) {
                references.add(passing.referencesPerSecond(bytes));
            }
            return new LimitsRound(copies, loopback, handOvers, records, references);
        } catch (IOException e) {
            throw new BenchmarkException("a limit of the machine was not measured: " + e, e);
        }
    }

    @Override
    public void close() {
        cluster.close();
    }
}
