package io.arrowshm.jobs.images;

import io.arrowshm.jobs.images.job.ImagesResult;
import java.util.Comparator;
import java.util.List;

/**
 * Several runs of two exchanges, taken in turn, so that what the machine does meanwhile meets both alike.
 *
 * @param first the runs of one exchange
 * @param second the runs of the other
 */
record Comparison(List<ImagesResult> first, List<ImagesResult> second) {
    Comparison {
        first = List.copyOf(first);
        second = List.copyOf(second);
    }

    /** The run of the first exchange whose rate is in the middle. */
    ImagesResult firstMedian() {
        return median(first);
    }

    /** The run of the second exchange whose rate is in the middle. */
    ImagesResult secondMedian() {
        return median(second);
    }

    /** How many times the payload rate of the second exchange that of the first one is, by their medians. */
    double ratio() {
        return firstMedian().gigabytesPerSecond() / secondMedian().gigabytesPerSecond();
    }

    private static ImagesResult median(List<ImagesResult> runs) {
        return runs.stream()
                .sorted(Comparator.comparingDouble(ImagesResult::gigabytesPerSecond))
                .toList()
                .get(runs.size() / 2);
    }
}
