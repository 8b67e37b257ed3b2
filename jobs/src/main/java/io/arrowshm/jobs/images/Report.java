package io.arrowshm.jobs.images;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arrowshm.console.Amounts;
import io.arrowshm.console.Json;
import io.arrowshm.console.Table;
import io.arrowshm.jobs.images.job.ImagesResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Results: for people a line for each figure and a column for each exchange, for programs one object whose names stay. */
final class Report {
    private Report() {}

    /** One run, in words. */
    static String text(ImagesResult result) {
        return table(List.of(result));
    }

    /** Two exchanges, in words: the median run of each, and the ratio of their rates. */
    static String text(Comparison comparison) {
        ImagesResult first = comparison.firstMedian();
        ImagesResult second = comparison.secondMedian();
        return table(List.of(first, second))
                + String.format(
                        Locale.ROOT,
                        "%n%s : %s = %.2f in GB/s, medians of %d runs each",
                        first.exchange(),
                        second.exchange(),
                        comparison.ratio(),
                        comparison.first().size());
    }

    /** One run; what was not asked for is null. */
    static ObjectNode json(ImagesResult result, int taskManagers, ImagesSession.Leftovers left) {
        ObjectNode json = Json.object();
        json.put("exchange", result.exchange());
        json.put("taskManagers", taskManagers);
        json.put("images", result.images());
        json.put("batches", result.batches());
        json.put("references", result.references());
        json.put("byValue", result.byValue());
        ObjectNode reasons = json.putObject("byValueReasons");
        result.byValueReasons().forEach(reasons::put);
        json.put("payloadBytes", result.payloadBytes());
        json.put("networkBytes", result.networkBytes());
        json.put("seconds", result.seconds());
        json.put("gigabytesPerSecond", result.gigabytesPerSecond());
        ImagesResult.Answer answer = result.answer();
        json.put("correct", answer == null ? null : answer.correct());
        json.put("total", answer == null ? null : answer.total());
        json.put("accuracy", answer == null ? null : answer.accuracy());
        json.put("pixelSum", answer == null ? null : answer.pixelSum());
        return put(json, left);
    }

    /** Two exchanges: the median run of each under its name, and the ratio of their rates. */
    static ObjectNode json(Comparison comparison, int taskManagers, ImagesSession.Leftovers left) {
        ImagesResult first = comparison.firstMedian();
        ImagesResult second = comparison.secondMedian();
        ObjectNode json = Json.object();
        json.put("exchange", "compare");
        json.put("taskManagers", taskManagers);
        json.put("rounds", comparison.first().size());
        json.put("ratio", comparison.ratio());
        json.set(first.exchange(), json(first, taskManagers, left));
        json.set(second.exchange(), json(second, taskManagers, left));
        return put(json, left);
    }

    private static ObjectNode put(ObjectNode json, ImagesSession.Leftovers left) {
        json.put("segmentsLeft", left.segments());
        json.put("processesLeft", left.processes());
        return json;
    }

    private static String table(List<ImagesResult> results) {
        Table table = new Table()
                .words("exchange")
                .numbers(results.stream().map(ImagesResult::exchange).toArray(String[]::new));
        row(table, "images", results, result -> Amounts.count(result.images()));
        row(table, "batches", results, result -> Amounts.count(result.batches()));
        row(table, "by reference", results, result -> Amounts.count(result.references()));
        row(table, "by value", results, Report::byValue);
        row(table, "payload bytes", results, result -> Amounts.count(result.payloadBytes()));
        row(table, "network bytes", results, result -> Amounts.count(result.networkBytes()));
        row(table, "seconds", results, result -> String.format(Locale.ROOT, "%.3f", result.seconds()));
        row(table, "GB/s", results, result -> String.format(Locale.ROOT, "%.3f", result.gigabytesPerSecond()));
        row(table, "accuracy", results, Report::accuracy);
        row(table, "pixel sum", results, Report::pixelSum);
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
        ImagesResult.Answer answer = result.answer();
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
        ImagesResult.Answer answer = result.answer();
        return answer == null ? "not asked for" : Amounts.count(answer.pixelSum());
    }
}
