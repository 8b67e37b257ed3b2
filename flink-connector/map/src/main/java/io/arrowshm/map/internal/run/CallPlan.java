package io.arrowshm.map.internal.run;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A call that is to be made.
 *
 * @param dynamic whether anybody may have any range, and not first its own ones
 * @param parts whether arrays with a part for each worker may be in it
 * @param retries how often ranges of workers that died are done again
 * @param timeout until the call fails, or null
 * @param arrivals who is told what came of the ranges; null if they result in nothing
 */
public record CallPlan(
        RangeWork work,
        Bounds bounds,
        boolean dynamic,
        boolean parts,
        int retries,
        @Nullable Duration timeout,
        @Nullable Arrivals arrivals) {
    /** For workers of this process. */
    WorkerRun.@Nullable Results results() {
        Arrivals told = arrivals;
        return told == null ? null : (range, result) -> told.arrived(range, result::value);
    }
}
