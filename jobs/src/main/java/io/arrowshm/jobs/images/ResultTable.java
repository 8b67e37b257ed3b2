package io.arrowshm.jobs.images;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Results for people: a line for each figure, a column for each exchange. */
final class ResultTable {
    private ResultTable() {}

    static String of(List<ImagesResult> results) {
        List<Column> columns = new ArrayList<>();
        columns.add(new Column()
                .header("exchange")
                .headerAlign(HorizontalAlign.LEFT)
                .dataAlign(HorizontalAlign.LEFT));
        results.forEach(result -> columns.add(new Column().header(result.exchange())));
        List<Object[]> rows = new ArrayList<>();
        row(rows, "images", results, result -> number(result.images()));
        row(rows, "batches", results, result -> number(result.batches()));
        row(rows, "by reference", results, result -> number(result.references()));
        row(rows, "by value", results, ResultTable::byValue);
        row(rows, "payload bytes", results, result -> number(result.payloadBytes()));
        row(rows, "network bytes", results, result -> number(result.networkBytes()));
        row(rows, "seconds", results, result -> String.format(Locale.ROOT, "%.3f", result.seconds()));
        row(rows, "GB/s", results, result -> String.format(Locale.ROOT, "%.3f", result.gigabytesPerSecond()));
        row(rows, "accuracy", results, ResultTable::accuracy);
        row(rows, "pixel sum", results, ResultTable::pixelSum);
        return AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
                columns.toArray(new Column[0]),
                rows.toArray(new Object[0][]));
    }

    private static void row(
            List<Object[]> rows, String name, List<ImagesResult> results, Function<ImagesResult, String> figure) {
        List<String> cells = new ArrayList<>();
        cells.add(name);
        results.forEach(result -> cells.add(figure.apply(result)));
        rows.add(cells.toArray());
    }

    private static String byValue(ImagesResult result) {
        StringBuilder text = new StringBuilder(number(result.byValue()));
        for (Map.Entry<String, Long> reason : result.byValueReasons().entrySet()) {
            text.append(" (").append(reason.getKey());
            if (result.byValueReasons().size() > 1) {
                text.append(": ").append(number(reason.getValue()));
            }
            text.append(')');
        }
        return text.toString();
    }

    private static String accuracy(ImagesResult result) {
        Answer answer = result.answer();
        return answer == null
                ? "not asked for"
                : String.format(
                        Locale.ROOT,
                        "%s of %s, %.2f %%",
                        number(answer.correct()),
                        number(answer.total()),
                        100 * answer.accuracy());
    }

    private static String pixelSum(ImagesResult result) {
        Answer answer = result.answer();
        return answer == null ? "not asked for" : number(answer.pixelSum());
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
