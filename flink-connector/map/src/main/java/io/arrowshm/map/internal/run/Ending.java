package io.arrowshm.map.internal.run;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** How a call has ended. */
public sealed interface Ending {
    /** Every range was done. */
    record Completed() implements Ending {}

    /** Kernels have thrown; the first failure is that of the lowest index. */
    record Failed(List<Failure> failures) implements Ending {}

    /**
     * A worker is gone, and what it had begun is not done.
     *
     * @param what for people: which worker, and how it ended
     * @param ranges how many ranges are not done
     */
    record WorkerDied(String what, int ranges) implements Ending {}

    /** It took too long. */
    record TimedOut(Duration timeout, int ranges) implements Ending {}

    /** Somebody has cancelled it, or closed the context. */
    record Cancelled() implements Ending {}

    /** It could not go on for another reason. */
    record Broken(RuntimeException reason) implements Ending {}

    /** The end of a call whose workers all say that nothing is left. */
    static Ending completed(CallTable table) {
        int left = table.left();
        return left == 0
                ? new Completed()
                : new Broken(new IllegalStateException(
                        left + " of " + table.ranges() + " ranges are not done, although no worker finds any"));
    }

    /** The end of a call in which kernels have thrown. */
    static Ending failed(List<Failure> failures) {
        return new Failed(failures.stream()
                .sorted(Comparator.comparingLong(Failure::index))
                .toList());
    }
}
