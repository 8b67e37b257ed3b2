package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Latency;
import io.arrowshm.benchmark.flink.job.Load;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What a comparison is about: which loads it takes, and what of the results is drawn over what. */
enum Question {
    /** From which size of arrays on does it pay? */
    SIZE("Arrays that a consumer reads one element of", Axis.BYTES, Chart.RATE, Chart.CPU, Chart.ALLOCATED),
    /** The same, where the consumer has work of its own. */
    READ_ALL("Arrays that a consumer reads all of", Axis.BYTES, Chart.RATE, Chart.CPU),
    /** What do tasks cost that only pass arrays on? */
    HOPS("Arrays that cross several edges", Axis.HOPS, Chart.RATE, Chart.CPU),
    /** What do further consumers of the same arrays cost? */
    CONSUMERS("Arrays that several consumers read", Axis.CONSUMERS, Chart.RATE, Chart.CPU),
    /** What is left for each of two jobs? */
    JOBS("Several jobs at the same time", Axis.JOBS, Chart.RATE),
    /** And where no process has to be crossed? */
    TOGETHER("All tasks in one TaskManager", Axis.BYTES, Chart.RATE),
    /** How long does an array take at a moderate rate? */
    LATENCY("Arrays that come at a fixed rate", Axis.BYTES, Chart.P50, Chart.P99, Chart.P999),
    /** How much memory does it take? */
    MEMORY("Memory of fresh TaskManagers and the pool", Axis.BYTES, Chart.MEMORY);

    private static final int[] HOP_COUNTS = {1, 2, 3, 4, 5};
    private static final int[] CONSUMER_COUNTS = {1, 2, 4};
    private static final int[] JOB_COUNTS = {1, 2};
    private static final int[] MEMORY_CONSUMER_COUNTS = {1, 4};
    /** Half of what the slowest exchange manages. */
    private static final double PACED_BYTES_PER_SECOND = 100e6;

    private static final double MOST_PACED_ARRAYS_PER_SECOND = 1_000;

    private final String title;
    private final Axis axis;

    @SuppressWarnings("ImmutableEnumChecker") // List.of makes an immutable one
    private final List<Chart> charts;

    Question(String title, Axis axis, Chart... charts) {
        this.title = title;
        this.axis = axis;
        this.charts = List.of(charts);
    }

    /** What the loads of one chart differ in. */
    enum Axis {
        BYTES("bytes of an array", Load::bytes),
        HOPS("edges between filling and reading", Load::hops),
        CONSUMERS("consumers that each read every array", Load::consumers),
        JOBS("jobs at the same time", Load::jobs);

        private final String label;

        @SuppressWarnings("ImmutableEnumChecker") // method references without state
        private final ToDoubleFunction<Load> value;

        Axis(String label, ToDoubleFunction<Load> value) {
            this.label = label;
            this.value = value;
        }

        String label() {
            return label;
        }

        double of(Load load) {
            return value.applyAsDouble(load);
        }

        /** Sizes differ by orders of magnitude, and counts do not. */
        boolean isLogarithmic() {
            return this == BYTES;
        }
    }

    /** What is drawn. */
    enum Chart {
        RATE("GB/s of arrays at each consumer, all jobs together", Measurement::gigabytesPerSecond),
        CPU("CPU seconds per GB of arrays, all processes", Measurement::cpuSecondsPerGigabyte),
        ALLOCATED("bytes on the Java heap per array, all processes", Measurement::allocatedBytesPerArray),
        P50("microseconds that half of the arrays take", run -> latency(run).p50Micros()),
        P99("microseconds that 99 of 100 arrays take", run -> latency(run).p99Micros()),
        P999("microseconds that 999 of 1000 arrays take", run -> latency(run).p999Micros()),
        MEMORY(
                "MiB of all processes and the pool",
                run -> run.memory() == null ? 0 : run.memory().totalMebibytes());

        private final String title;

        @SuppressWarnings("ImmutableEnumChecker") // method references without state
        private final ToDoubleFunction<Measurement> figure;

        Chart(String title, ToDoubleFunction<Measurement> figure) {
            this.title = title;
            this.figure = figure;
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
            return run.latency() == null ? new Latency(0, 0, 0, 0) : run.latency();
        }
    }

    /** As users write it. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it is about the smallest arrays for which an exchange is the faster one. */
    boolean asksForSize() {
        return this == SIZE || this == READ_ALL || this == TOGETHER;
    }

    @Override
    public String toString() {
        return text();
    }

    Axis axis() {
        return axis;
    }

    /** Whether each run has processes and a pool of its own, which nothing warms up. */
    boolean wantsFreshProcesses() {
        return this == MEMORY;
    }

    List<Chart> charts() {
        return charts;
    }

    /** Loads under one heading differ only in what the axis shows. */
    String heading(Load load) {
        return switch (this) {
            case SIZE, READ_ALL, TOGETHER, LATENCY -> title;
            case HOPS, CONSUMERS, JOBS -> String.format(Locale.ROOT, "%s, each of %,d bytes", title, load.bytes());
            case MEMORY ->
                String.format(
                        Locale.ROOT, "%s, %d consumer%s", title, load.consumers(), load.consumers() == 1 ? "" : "s");
        };
    }

    /** The same for the names of files. */
    String fileName(Load load) {
        return switch (this) {
            case SIZE, READ_ALL, TOGETHER, LATENCY -> text();
            case HOPS, CONSUMERS, JOBS -> text() + "-of-" + load.bytes() + "-bytes";
            case MEMORY -> text() + "-" + load.consumers() + "-consumers";
        };
    }

    /** The sizes of arrays if nobody asks for others. */
    int[] sizes(Extent extent) {
        return switch (this) {
            case SIZE, READ_ALL, TOGETHER ->
                switch (extent) {
                    case QUICK -> new int[] {1 << 10, 1 << 20};
                    case USUAL -> new int[] {1 << 10, 1 << 16, 1 << 20, 1 << 24};
                    case FULL -> new int[] {16, 1 << 8, 1 << 10, 1 << 12, 1 << 16, 1 << 20, 1 << 22, 1 << 24, 1 << 26};
                };
            case HOPS, CONSUMERS, JOBS, MEMORY ->
                extent == Extent.QUICK ? new int[] {1 << 20} : new int[] {1 << 16, 1 << 24};
            case LATENCY -> new int[] {1 << 10, 1 << 16, 1 << 20, 1 << 24};
        };
    }

    /** How much is measured. */
    enum Extent {
        QUICK,
        USUAL,
        FULL
    }

    /**
     * The loads of this question.
     *
     * @param base whose size is not looked at
     */
    List<Load> loads(Load base, int[] sizes) {
        List<Load> loads = new ArrayList<>();
        for (int size : sizes) {
            Load load = base.withBytes(size);
            switch (this) {
                case SIZE -> loads.add(load);
                case READ_ALL -> loads.add(load.withReads(Load.Reads.ALL));
                case HOPS -> Arrays.stream(HOP_COUNTS).mapToObj(load::withHops).forEach(loads::add);
                case CONSUMERS ->
                    Arrays.stream(CONSUMER_COUNTS).mapToObj(load::withConsumers).forEach(loads::add);
                case JOBS -> Arrays.stream(JOB_COUNTS).mapToObj(load::withJobs).forEach(loads::add);
                case TOGETHER -> loads.add(load.withTaskManagers(1));
                case LATENCY ->
                    loads.add(load.withArraysPerSecond(
                            Math.min(MOST_PACED_ARRAYS_PER_SECOND, PACED_BYTES_PER_SECOND / size)));
                case MEMORY ->
                    Arrays.stream(MEMORY_CONSUMER_COUNTS)
                            .mapToObj(load::withConsumers)
                            .forEach(loads::add);
            }
        }
        return loads;
    }
}
