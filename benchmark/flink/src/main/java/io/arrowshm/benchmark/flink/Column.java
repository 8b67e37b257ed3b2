package io.arrowshm.benchmark.flink;

import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/**
 * A column of the table of a question's results.
 *
 * @param header above it
 * @param cell of a contestant in a comparison
 */
record Column(String header, BiFunction<Comparison, Contestant, String> cell) {
    /** How many arrays pass, and at what cost. */
    static final List<Column> RATES = List.of(
            median("arrays/s", "%,.0f", Measurement::arraysPerSecond),
            median("GB/s", "%.3f", Measurement::gigabytesPerSecond),
            spread("slowest to fastest", "%.3f", Chart.RATE),
            new Column("reference is faster by", Column::ratioToReference),
            median("CPU s/GB", "%.3f", Measurement::cpuSecondsPerGigabyte),
            median("network bytes/array", "%,.1f", Measurement::networkBytesPerArray),
            median("heap bytes/array", "%,.0f", Measurement::allocatedBytesPerArray),
            median("GC ms/GB", "%.1f", Measurement::collectionMillisPerGigabyte));

    /** How long arrays take. */
    static final List<Column> LATENCIES = List.of(
            median("arrays/s", "%,.0f", Measurement::arraysPerSecond),
            median("p50 µs", "%,.0f", Chart.P50::of),
            median("p99 µs", "%,.0f", Chart.P99::of),
            median("p99.9 µs", "%,.0f", Chart.P999::of),
            spread("p50, fastest to slowest", "%,.0f", Chart.P50));

    /** What it takes of memory. */
    static final List<Column> MEMORY = List.of(
            memory("MiB in all", Memory::totalMebibytes),
            spread("least to most", "%,.0f", Chart.MEMORY),
            memory("of these in the pool", memory -> Memory.mebibytes(memory.poolBytes())),
            memory(
                    "at most in the first process",
                    memory -> Memory.mebibytes(memory.peakResidentBytes().get(0))),
            memory(
                    "and in the second",
                    memory -> Memory.mebibytes(memory.peakResidentBytes().get(1))));

    private static Column median(String header, String format, ToDoubleFunction<Measurement> figure) {
        return new Column(
                header, (comparison, contestant) -> text(format, figure.applyAsDouble(comparison.median(contestant))));
    }

    private static Column spread(String header, String format, Chart figure) {
        return new Column(
                header,
                (comparison, contestant) ->
                        comparison.spread(contestant, figure).range(format));
    }

    private static Column memory(String header, ToDoubleFunction<Memory> figure) {
        return new Column(header, (comparison, contestant) -> {
            Memory memory = comparison.median(contestant).memory();
            return memory == null ? "" : text("%,.0f", figure.applyAsDouble(memory));
        });
    }

    private static String ratioToReference(Comparison comparison, Contestant contestant) {
        Contestant reference = Contestant.REFERENCE;
        return comparison.contestants().contains(reference) && !contestant.equals(reference)
                ? text("%.2f", comparison.ratio(reference, contestant))
                : "";
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
