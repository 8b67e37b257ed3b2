package io.arrowshm.benchmark.e2e;

import io.arrowshm.benchmark.e2e.job.Figures;
import io.arrowshm.benchmark.e2e.job.Load;
import java.util.List;

/**
 * One run.
 *
 * @param arraysPerSecond that the slowest consumer read after the warm-up
 * @param gigabytesPerSecond of payload, 10^9 bytes, at the slowest consumer
 * @param cpuSecondsPerGigabyte of all processes, for the payload that was produced, deployment of the job included
 * @param networkBytesPerArray that a consumer's task received from other processes
 */
record Measurement(
        double arraysPerSecond, double gigabytesPerSecond, double cpuSecondsPerGigabyte, double networkBytesPerArray) {
    private static final double NANOS = 1e9;
    private static final double GIGABYTE = 1e9;

    static Measurement of(Load load, List<Figures> consumers, double cpuSeconds) {
        double slowest = consumers.stream()
                .mapToDouble(figures -> figures.counted() / (figures.nanos() / NANOS))
                .min()
                .orElseThrow();
        Figures one = consumers.get(0);
        return new Measurement(
                slowest,
                slowest * load.bytes() / GIGABYTE,
                cpuSeconds / (one.arrays() * load.bytes() / GIGABYTE),
                (double) one.networkBytes() / one.arrays());
    }
}
