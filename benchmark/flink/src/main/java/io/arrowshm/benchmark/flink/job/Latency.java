package io.arrowshm.benchmark.flink.job;

import org.HdrHistogram.Histogram;

/**
 * How long arrays took from when they were due to be filled until a consumer had read them, in microseconds.
 *
 * @param p50Micros half of them took no longer
 * @param p99Micros 99 of 100
 * @param p999Micros 999 of 1000
 * @param arrays that were measured
 */
public record Latency(double p50Micros, double p99Micros, double p999Micros, long arrays) {
    private static final double NANOS_PER_MICRO = 1e3;

    static Latency of(Histogram nanos) {
        return new Latency(at(nanos, 50), at(nanos, 99), at(nanos, 99.9), nanos.getTotalCount());
    }

    private static double at(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO;
    }
}
