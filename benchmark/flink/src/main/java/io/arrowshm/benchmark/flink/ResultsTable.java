package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.Question.Chart;
import io.arrowshm.benchmark.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The results under one heading as rows of text: what terminals and pages show. */
final class ResultsTable {
    private static final Contestant OURS = Contestant.REFERENCE;

    private final List<Comparison> comparisons;
    private final Question question;

    /** @param comparisons at least one, of one question */
    ResultsTable(List<Comparison> comparisons) {
        this.comparisons = comparisons;
        this.question = comparisons.get(0).question();
    }

    /** The second one is a name, the others are numbers. */
    List<String> headers() {
        List<String> headers = new ArrayList<>(List.of(question.axis().label(), "exchange"));
        switch (question) {
            case LATENCY ->
                headers.addAll(List.of("arrays/s", "p50 µs", "p99 µs", "p99.9 µs", "p50, fastest to slowest"));
            case MEMORY ->
                headers.addAll(List.of(
                        "MiB in all",
                        "least to most",
                        "of these in the pool",
                        "at most in the first process",
                        "and in the second"));
            default ->
                headers.addAll(List.of(
                        "arrays/s",
                        "GB/s",
                        "slowest to fastest",
                        "reference is faster by",
                        "CPU s/GB",
                        "network bytes/array",
                        "heap bytes/array",
                        "GC ms/GB"));
        }
        return headers;
    }

    List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            for (Contestant contestant : comparison.contestants()) {
                List<String> row = new ArrayList<>();
                row.add(text("%,.0f", question.axis().of(comparison.load())));
                row.add(contestant.text());
                row.addAll(figures(comparison, contestant));
                rows.add(row);
            }
        }
        return rows;
    }

    /** For terminals. */
    String ascii() {
        List<String> headers = headers();
        TextTable table = new TextTable()
                .numbers(headers.get(0))
                .words(headers.get(1))
                .numbers(headers.subList(2, headers.size()).toArray(String[]::new));
        rows().forEach(row -> table.line(row.toArray()));
        return table.toString();
    }

    private List<String> figures(Comparison comparison, Contestant contestant) {
        Measurement median = comparison.median(contestant);
        return switch (question) {
            case LATENCY ->
                List.of(
                        text("%,.0f", median.arraysPerSecond()),
                        text("%,.0f", Chart.P50.of(median)),
                        text("%,.0f", Chart.P99.of(median)),
                        text("%,.0f", Chart.P999.of(median)),
                        spread(comparison, contestant, "%,.0f", Chart.P50));
            case MEMORY -> memory(comparison, contestant, median);
            default ->
                List.of(
                        text("%,.0f", median.arraysPerSecond()),
                        text("%.3f", median.gigabytesPerSecond()),
                        spread(comparison, contestant, "%.3f", Chart.RATE),
                        comparison.contestants().contains(OURS) && !contestant.equals(OURS)
                                ? text("%.2f", Results.ratio(comparison, OURS, contestant))
                                : "",
                        text("%.3f", median.cpuSecondsPerGigabyte()),
                        text("%,.1f", median.networkBytesPerArray()),
                        text("%,.0f", median.allocatedBytesPerArray()),
                        text("%.1f", median.collectionMillisPerGigabyte()));
        };
    }

    private static List<String> memory(Comparison comparison, Contestant contestant, Measurement median) {
        Memory memory = median.memory();
        if (memory == null) {
            return List.of("", "", "", "", "");
        }
        return List.of(
                text("%,.0f", memory.totalMebibytes()),
                spread(comparison, contestant, "%,.0f", Chart.MEMORY),
                text("%,.0f", Memory.mebibytes(memory.poolBytes())),
                text("%,.0f", Memory.mebibytes(memory.peakResidentBytes().get(0))),
                text("%,.0f", Memory.mebibytes(memory.peakResidentBytes().get(1))));
    }

    private static String spread(Comparison comparison, Contestant contestant, String format, Chart figure) {
        List<Measurement> runs = comparison.sortedRuns(contestant);
        return text(format, figure.of(runs.get(0))) + " to " + text(format, figure.of(runs.get(runs.size() - 1)));
    }

    private static String text(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
