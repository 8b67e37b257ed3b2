package io.arrowshm.jobs.images.job;

import io.arrowshm.jobs.images.classifier.ClassMeans;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One run of both jobs.
 *
 * @param exchange name of the exchange
 * @param images images that the workers were given, all passes
 * @param batches batches of them
 * @param references batches that came by reference
 * @param byValueReasons batches that came by value, by why
 * @param payloadBytes pixels, labels and indices of all batches
 * @param networkBytes bytes that the workers' tasks received from other TaskManagers, by Flink's count
 * @param seconds for which the two jobs ran
 * @param answer null if only the exchange was measured
 */
public record ImagesResult(
        String exchange,
        long images,
        long batches,
        long references,
        SortedMap<String, Long> byValueReasons,
        long payloadBytes,
        long networkBytes,
        double seconds,
        @Nullable Answer answer) {

    /** Batches that came by value, for whatever reason. */
    public long byValue() {
        return byValueReasons.values().stream().mapToLong(Long::longValue).sum();
    }

    /** 10^9 bytes of payload a second. */
    public double gigabytesPerSecond() {
        return payloadBytes / 1e9 / seconds;
    }

    /**
     * What the classifier came to, of one pass over the input.
     *
     * @param correct test images that it got right
     * @param total test images
     * @param pixelSum sum of the pixels of the file that was trained on
     * @param means what it learnt
     */
    public record Answer(long correct, long total, long pixelSum, ClassMeans means) {
        /** The share of test images that it got right, 0 to 1. */
        public double accuracy() {
            return (double) correct / total;
        }
    }
}
