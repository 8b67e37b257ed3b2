package io.arrowshm.benchmark.peers;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import io.arrowshm.benchmark.report.Machine;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all contestants did, as a file has it.
 *
 * @param machine on which
 * @param task that all were given
 * @param contestants by their names
 * @param absent why a contestant is missing, by its name
 */
record PeerResults(Machine machine, Task task, Map<String, Contestant> contestants, Map<String, String> absent) {
    /** What one contestant is, and what it did with the large array and with the small ones. */
    record Contestant(
            String category, String interpreter, Map<String, String> versions, HandOvers large, HandOvers small) {}

    /**
     * Hand-overs of one kind.
     *
     * @param medianMs of the runs, the time of a run being the median of its hand-overs
     * @param timesOurs how many times as long as this project's first contestant of the same category; null without one
     * @param runsMs every single hand-over of each run
     */
    record HandOvers(
            double medianMs,
            @JsonInclude(Include.NON_NULL) @Nullable Double timesOurs,
            List<List<Double>> runsMs) {}
}
