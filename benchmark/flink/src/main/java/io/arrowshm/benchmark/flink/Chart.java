package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Latency;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A figure of runs that is drawn. */
enum Chart {
    RATE("GB/s", "GB/s of arrays at each consumer, all jobs together", Measurement::gigabytesPerSecond),
    CPU("CPU s/GB", "CPU seconds per GB of arrays, all processes", Measurement::cpuSecondsPerGigabyte),
    ALLOCATED("bytes", "bytes on the Java heap per array, all processes", Measurement::allocatedBytesPerArray),
    P50("µs", "microseconds that half of the arrays take", run -> latency(run).p50Micros()),
    P99("µs", "microseconds that 99 of 100 arrays take", run -> latency(run).p99Micros()),
    P999("µs", "microseconds that 999 of 1000 arrays take", run -> latency(run).p999Micros()),
    MEMORY(
            "MiB",
            "MiB of all processes and the pool",
            run -> run.memory() == null ? 0 : run.memory().totalMebibytes());

    private static final Latency NONE = new Latency(0, 0, 0, 0);

    private final String unit;
    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // method references without state
    private final ToDoubleFunction<Measurement> figure;

    Chart(String unit, String title, ToDoubleFunction<Measurement> figure) {
        this.unit = unit;
        this.title = title;
        this.figure = figure;
    }

    String unit() {
        return unit;
    }

    String title() {
        return title;
    }

    /** In names of files. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    double of(Measurement run) {
        return figure.applyAsDouble(run);
    }

    private static Latency latency(Measurement run) {
        return run.latency() == null ? NONE : run.latency();
    }
}
