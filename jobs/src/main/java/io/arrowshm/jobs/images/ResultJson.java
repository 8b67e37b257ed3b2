package io.arrowshm.jobs.images;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arrowshm.console.Json;

/** Results for programs: one object, whose names stay. */
final class ResultJson {
    private ResultJson() {}

    /** One run; what was not asked for is null. */
    static ObjectNode of(ImagesResult result, int taskManagers, Leftovers left) {
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
        Answer answer = result.answer();
        json.put("correct", answer == null ? null : answer.correct());
        json.put("total", answer == null ? null : answer.total());
        json.put("accuracy", answer == null ? null : answer.accuracy());
        json.put("pixelSum", answer == null ? null : answer.pixelSum());
        return put(json, left);
    }

    /** Two exchanges: the median run of each under its name, and the ratio of their rates. */
    static ObjectNode of(Comparison comparison, int taskManagers, Leftovers left) {
        ImagesResult first = comparison.firstMedian();
        ImagesResult second = comparison.secondMedian();
        ObjectNode json = Json.object();
        json.put("exchange", "compare");
        json.put("taskManagers", taskManagers);
        json.put("rounds", comparison.first().size());
        json.put("ratio", comparison.ratio());
        json.set(first.exchange(), of(first, taskManagers, left));
        json.set(second.exchange(), of(second, taskManagers, left));
        return put(json, left);
    }

    private static ObjectNode put(ObjectNode json, Leftovers left) {
        json.put("segmentsLeft", left.segments());
        json.put("processesLeft", left.processes());
        return json;
    }
}
