package io.arrowshm.benchmark.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import io.arrowshm.benchmark.e2e.job.Load;
import io.arrowshm.jobs.console.UserErrorException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * All that was measured, for people and for programs.
 *
 * @param machine on which
 * @param comparisons in the order in which they were made
 */
record Results(Machine machine, List<Comparison> comparisons) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** A line for each exchange and size. */
    String table() {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column().header("bytes"));
        columns.add(new Column().header("exchange").dataAlign(HorizontalAlign.LEFT));
        for (String header : List.of("arrays/s", "GB/s", "slowest to fastest", "CPU s/GB", "network bytes/array")) {
            columns.add(new Column().header(header));
        }
        List<Object[]> rows = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            for (Contestant contestant : comparison.contestants()) {
                rows.add(row(comparison, contestant));
            }
        }
        return AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
                columns.toArray(new Column[0]),
                rows.toArray(new Object[0][]));
    }

    /** @throws UserErrorException if the file cannot be written */
    void write(Path file) {
        ObjectNode root = JSON.createObjectNode();
        root.set("machine", JSON.valueToTree(machine));
        ArrayNode all = root.putArray("comparisons");
        for (Comparison comparison : comparisons) {
            ObjectNode json = all.addObject();
            Load load = comparison.load();
            json.put("bytes", load.bytes());
            json.put("hops", load.hops());
            json.put("consumers", load.consumers());
            json.put("reads", load.reads().name().toLowerCase(Locale.ROOT));
            json.put("memoryCopyGigabytesPerSecond", comparison.memoryCopy());
            json.put("seconds", load.measured().toNanos() / 1e9);
            ObjectNode exchanges = json.putObject("exchanges");
            for (Contestant contestant : comparison.contestants()) {
                ObjectNode exchange = exchanges.putObject(contestant.text());
                exchange.set("median", JSON.valueToTree(comparison.median(contestant)));
                exchange.set("runs", JSON.valueToTree(comparison.sortedRuns(contestant)));
            }
        }
        try {
            JSON.writeValue(file.toFile(), root);
        } catch (IOException e) {
            throw new UserErrorException("--json %s cannot be written: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static Object[] row(Comparison comparison, Contestant contestant) {
        Measurement median = comparison.median(contestant);
        List<Measurement> runs = comparison.sortedRuns(contestant);
        return new Object[] {
            text("%,d", comparison.load().bytes()),
            contestant.text(),
            text("%,.0f", median.arraysPerSecond()),
            text("%.3f", median.gigabytesPerSecond()),
            text("%.3f", runs.get(0).gigabytesPerSecond())
                    + " to "
                    + text("%.3f", runs.get(runs.size() - 1).gigabytesPerSecond()),
            text("%.3f", median.cpuSecondsPerGigabyte()),
            text("%,.1f", median.networkBytesPerArray())
        };
    }

    private static String text(String format, Object value) {
        return String.format(Locale.ROOT, format, value);
    }
}
