package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Figures;
import io.arrowshm.benchmark.flink.job.Latency;
import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.flink.job.Outcome;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run.
 *
 * @param arraysPerSecond that the slowest consumer of each job read after the warm-up, all jobs together
 * @param gigabytesPerSecond of payload, 10^9 bytes, likewise
 * @param cpuSecondsPerGigabyte of all processes, for the payload that was produced, deployment of the jobs included
 * @param networkBytesPerArray that a consumer's task received from other processes
 * @param allocatedBytesPerArray on the heaps of all TaskManagers
 * @param collectionMillisPerGigabyte spent collecting garbage, in all TaskManagers
 * @param latency at the slowest consumer; null if arrays came as fast as they were taken
 * @param memory null if the TaskManagers were not fresh
 */
record Measurement(
        double arraysPerSecond,
        double gigabytesPerSecond,
        double cpuSecondsPerGigabyte,
        double networkBytesPerArray,
        double allocatedBytesPerArray,
        double collectionMillisPerGigabyte,
        @Nullable Latency latency,
        @Nullable Memory memory) {
    private static final double NANOS = 1e9;
    private static final double GIGABYTE = 1e9;

    /** @param jobs that ran at the same time in the same processes */
    static Measurement of(Load load, List<Outcome> jobs, double cpuSeconds, @Nullable Memory memory) {
        double arraysPerSecond = jobs.stream()
                .mapToDouble(job -> job.consumers().stream()
                        .mapToDouble(figures -> figures.counted() / (figures.nanos() / NANOS))
                        .min()
                        .orElseThrow())
                .sum();
        Figures one = jobs.get(0).consumers().get(0);
        long arrays =
                jobs.stream().mapToLong(job -> job.consumers().get(0).arrays()).sum();
        double gigabytes = arrays * load.bytes() / GIGABYTE;
        // Each job counts all of its processes, which are the same ones.
        long allocated = jobs.stream()
                .mapToLong(job -> job.costs().allocatedBytes())
                .max()
                .orElseThrow();
        long collecting = jobs.stream()
                .mapToLong(job -> job.costs().collectionMillis())
                .max()
                .orElseThrow();
        return new Measurement(
                arraysPerSecond,
                arraysPerSecond * load.bytes() / GIGABYTE,
                cpuSeconds / gigabytes,
                (double) one.networkBytes() / one.arrays(),
                (double) allocated / arrays,
                collecting / gigabytes,
                load.isPaced() ? slowest(jobs) : null,
                memory);
    }

    private static Latency slowest(List<Outcome> jobs) {
        return jobs.stream()
                .flatMap(job -> job.consumers().stream())
                .map(Figures::latency)
                .max(Comparator.comparingDouble(Latency::p50Micros))
                .orElseThrow();
    }
}
