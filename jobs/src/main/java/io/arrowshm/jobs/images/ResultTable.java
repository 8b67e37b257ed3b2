package io.arrowshm.jobs.images;

import io.arrowshm.console.Amounts;
import io.arrowshm.console.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Results for people: a line for each figure, a column for each exchange. */
final class ResultTable {
    private ResultTable() {}

    static String of(List<ImagesResult> results) {
        Table table = new Table()
                .words("exchange")
                .numbers(results.stream().map(ImagesResult::exchange).toArray(String[]::new));
        row(table, "images", results, result -> Amounts.count(result.images()));
        row(table, "batches", results, result -> Amounts.count(result.batches()));
        row(table, "by reference", results, result -> Amounts.count(result.references()));
        row(table, "by value", results, ResultTable::byValue);
        row(table, "payload bytes", results, result -> Amounts.count(result.payloadBytes()));
        row(table, "network bytes", results, result -> Amounts.count(result.networkBytes()));
        row(table, "seconds", results, result -> String.format(Locale.ROOT, "%.3f", result.seconds()));
        row(table, "GB/s", results, result -> String.format(Locale.ROOT, "%.3f", result.gigabytesPerSecond()));
        row(table, "accuracy", results, ResultTable::accuracy);
        row(table, "pixel sum", results, ResultTable::pixelSum);
        return table.toString();
    }

    private static void row(
            Table table, String name, List<ImagesResult> results, Function<ImagesResult, String> figure) {
        List<String> cells = new ArrayList<>();
        cells.add(name);
        results.forEach(result -> cells.add(figure.apply(result)));
        table.row(cells.toArray());
    }

    private static String byValue(ImagesResult result) {
        StringBuilder text = new StringBuilder(Amounts.count(result.byValue()));
        for (Map.Entry<String, Long> reason : result.byValueReasons().entrySet()) {
            text.append(" (").append(reason.getKey());
            if (result.byValueReasons().size() > 1) {
                text.append(": ").append(Amounts.count(reason.getValue()));
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
                        Amounts.count(answer.correct()),
                        Amounts.count(answer.total()),
                        100 * answer.accuracy());
    }

    private static String pixelSum(ImagesResult result) {
        Answer answer = result.answer();
        return answer == null ? "not asked for" : Amounts.count(answer.pixelSum());
    }
}
