package io.arrowshm.jobs.images;

import java.util.Map;

/**
 * What a finished Flink job leaves.
 *
 * @param accumulators results by name; Flink merges those of each subtask's final attempt
 * @param milliseconds from when the job first ran until it had finished
 */
record JobOutcome(Map<String, Object> accumulators, long milliseconds) {
    /** The value of a counter, 0 if no task has added it. */
    long count(String name) {
        return accumulators.get(name) instanceof Long value ? value : 0;
    }

    /** @throws IllegalStateException if the job had no such accumulator */
    ClassSums classSums() {
        if (accumulators.get(Counters.CLASS_SUMS) instanceof ClassSums sums) {
            return sums;
        }
        throw new IllegalStateException("no class sums: accumulators=" + accumulators.keySet());
    }
}
