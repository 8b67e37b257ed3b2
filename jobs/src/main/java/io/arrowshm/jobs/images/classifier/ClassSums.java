package io.arrowshm.jobs.images.classifier;

import io.arrowshm.jobs.images.data.Images;
import java.io.Serializable;
import org.apache.flink.api.common.accumulators.Accumulator;

/**
 * The exact sums of the pixels of every class, and how many images they are of. Integers throughout, so the order of
 * adding and merging does not matter. For one thread.
 */
public final class ClassSums implements Serializable {
    private static final long serialVersionUID = 1L;

    private final long[][] sums = new long[Images.CLASSES][Images.PIXELS];
    private final long[] counts = new long[Images.CLASSES];

    /**
     * Adds one image.
     *
     * @param pixels holds {@link Images#PIXELS} unsigned bytes from the offset on
     */
    public void add(byte[] pixels, int offset, int label) {
        long[] sum = sums[label];
        for (int i = 0; i < Images.PIXELS; i++) {
            sum[i] += pixels[offset + i] & 0xFF;
        }
        counts[label]++;
    }

    /** Adds everything that another instance was given. */
    void merge(ClassSums other) {
        for (int c = 0; c < Images.CLASSES; c++) {
            for (int i = 0; i < Images.PIXELS; i++) {
                sums[c][i] += other.sums[c][i];
            }
            counts[c] += other.counts[c];
        }
    }

    /**
     * What one of several equal passes added.
     *
     * @throws ArithmeticException if the passes cannot have been equal, as a sum does not divide
     */
    public ClassSums ofOnePass(long passes) {
        ClassSums one = new ClassSums();
        for (int c = 0; c < Images.CLASSES; c++) {
            for (int i = 0; i < Images.PIXELS; i++) {
                one.sums[c][i] = ofOnePass("sum of a pixel", sums[c][i], passes);
            }
            one.counts[c] = ofOnePass("images of a class", counts[c], passes);
        }
        return one;
    }

    /**
     * The share of one of several equal passes in what they add up to.
     *
     * @throws ArithmeticException if the sum does not divide, so that the passes differed: an image came twice or not
     *     at all
     */
    public static long ofOnePass(String what, long sum, long passes) {
        if (sum % passes != 0) {
            throw new ArithmeticException(
                    "passes differ: %s=%d passes=%d, allowed is a multiple".formatted(what, sum, passes));
        }
        return sum / passes;
    }

    long sum(int label, int pixel) {
        return sums[label][pixel];
    }

    long count(int label) {
        return counts[label];
    }

    /** The sum of all pixels of all images. */
    public long pixelSum() {
        long total = 0;
        for (long[] sum : sums) {
            for (long pixel : sum) {
                total += pixel;
            }
        }
        return total;
    }

    /** Brings the class sums of all workers together. */
    public static final class InAccumulator implements Accumulator<ClassSums, ClassSums> {
        private static final long serialVersionUID = 1L;

        private ClassSums sums = new ClassSums();

        @Override
        public void add(ClassSums value) {
            sums.merge(value);
        }

        @Override
        public ClassSums getLocalValue() {
            return sums;
        }

        @Override
        public void resetLocal() {
            sums = new ClassSums();
        }

        @Override
        public void merge(Accumulator<ClassSums, ClassSums> other) {
            sums.merge(other.getLocalValue());
        }

        @Override
        @SuppressWarnings("MethodDoesntCallSuperMethod")
        public Accumulator<ClassSums, ClassSums> clone() {
            InAccumulator copy = new InAccumulator();
            copy.sums.merge(sums);
            return copy;
        }
    }
}
