package io.arrowshm.benchmark.peers;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.arrowshm.benchmark.report.Machine;
import io.arrowshm.benchmark.report.Spread;
import io.arrowshm.console.Amounts;
import io.arrowshm.console.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What reading files took.
 *
 * @param machine on which
 * @param bytes in memory of what is in each file, by format
 * @param gigabytesPerSecond of those bytes, by format and by way
 * @param firstArraySeconds from the start of a process to the first element of an array that another one has made ready
 * @param absent why a way is missing, by its name
 */
record FilesResults(
        Machine machine,
        Map<String, Long> bytes,
        Map<String, Map<String, Spread>> gigabytesPerSecond,
        Map<String, Spread> firstArraySeconds,
        Map<String, String> absent) {
    private static final List<String> READING =
            List.of("format", "in memory", "way", "GB/s", "least to most", "to its peer");
    private static final List<String> FIRST = List.of("way", "seconds", "least to most");

    /** What others do with each format, which ours is compared with. */
    private static final Map<String, String> PEERS = Map.of(
            "hdf5", "h5py read_direct",
            "hdf5-gzip", "h5py read_direct",
            "npy", "numpy.load",
            "parquet", "pyarrow",
            "arrow", "pyarrow",
            "csv", "pyarrow");

    /** For people. */
    @JsonIgnore
    String text() {
        Table reading = new Table().words("format", "in memory", "way").numbers("GB/s", "least to most", "to its peer");
        rowsOfReading().forEach(row -> reading.row(row.toArray()));
        Table first = new Table().words("way").numbers("seconds", "least to most");
        rowsOfFirst().forEach(row -> first.row(row.toArray()));
        StringBuilder text = new StringBuilder()
                .append(reading)
                .append("\n\nThe first array of a process that has just started\n\n")
                .append(first);
        absent.forEach((way, reason) ->
                text.append('\n').append(way).append(" is absent: ").append(reason));
        return text.append('\n').append(machine.text()).toString();
    }

    /** A page of Markdown. */
    @JsonIgnore
    String page() {
        StringBuilder page = new StringBuilder("# Files to memory\n\n")
                .append("`benchmark/run files`; [what is measured](../benchmark.md#files). ")
                .append(machine.text())
                .append(".\n\n");
        append(page, READING, rowsOfReading());
        page.append(
                "\nFrom the start of a process to the first element of an array that another one has made ready:\n\n");
        append(page, FIRST, rowsOfFirst());
        absent.forEach((way, reason) -> page.append("\nNot measured: ")
                .append(way)
                .append(" (")
                .append(reason)
                .append(").\n"));
        return page.toString();
    }

    private static void append(StringBuilder page, List<String> head, List<List<String>> rows) {
        appendRow(page, head);
        appendRow(page, head.stream().map(column -> "---").toList());
        rows.forEach(row -> appendRow(page, row));
    }

    private static void appendRow(StringBuilder page, List<String> cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    private List<List<String>> rowsOfReading() {
        List<List<String>> rows = new ArrayList<>();
        gigabytesPerSecond.forEach((format, ways) -> {
            Spread peer = ways.get(PEERS.get(format));
            ways.forEach((way, rate) -> rows.add(List.of(
                    format,
                    Amounts.size(bytes.getOrDefault(format, 0L)),
                    way,
                    rate.median("%.3f"),
                    rate.range("%.3f"),
                    peer == null ? "" : String.format(Locale.ROOT, "%.2f", rate.median() / peer.median()))));
        });
        return rows;
    }

    private List<List<String>> rowsOfFirst() {
        return firstArraySeconds.entrySet().stream()
                .map(way -> List.of(
                        way.getKey(),
                        way.getValue().median("%.3f"),
                        way.getValue().range("%.3f")))
                .toList();
    }
}
