package io.arrowshm.jobs.images.classifier;

import io.arrowshm.jobs.images.data.Images;
import java.io.Serializable;

/**
 * The mean image of every class, pixels scaled from 0..255 to 0..1, and the classifier that takes the nearest one by
 * squared Euclidean distance. Unchanging, so for any thread.
 */
public final class ClassMeans implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The scaled value of every pixel byte: a division each would cost more than the distance. */
    private static final double[] SCALED = new double[256];

    static {
        for (int value = 0; value < SCALED.length; value++) {
            SCALED[value] = value / 255.0;
        }
    }

    private final double[][] means = new double[Images.CLASSES][Images.PIXELS];

    /** The means of what was summed; a class without images is as far from everything as can be. */
    public ClassMeans(ClassSums sums) {
        for (int c = 0; c < Images.CLASSES; c++) {
            for (int i = 0; i < Images.PIXELS; i++) {
                means[c][i] =
                        sums.count(c) == 0 ? Double.POSITIVE_INFINITY : (double) sums.sum(c, i) / sums.count(c) / 255.0;
            }
        }
    }

    /** The mean of one pixel of one class, 0 to 1. */
    double mean(int label, int pixel) {
        return means[label][pixel];
    }

    /**
     * The class whose mean is nearest; the lowest one if several are.
     *
     * @param pixels holds {@link Images#PIXELS} unsigned bytes from the offset on
     */
    public int classify(byte[] pixels, int offset) {
        int nearest = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int c = 0; c < Images.CLASSES; c++) {
            double distance = squaredDistance(means[c], pixels, offset);
            if (distance < least) {
                least = distance;
                nearest = c;
            }
        }
        return nearest;
    }

    /** Four sums side by side: one alone would wait for every addition to finish before the next. */
    private static double squaredDistance(double[] mean, byte[] pixels, int offset) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        for (int i = 0; i < Images.PIXELS; i += 4) {
            double difference0 = SCALED[pixels[offset + i] & 0xFF] - mean[i];
            double difference1 = SCALED[pixels[offset + i + 1] & 0xFF] - mean[i + 1];
            double difference2 = SCALED[pixels[offset + i + 2] & 0xFF] - mean[i + 2];
            double difference3 = SCALED[pixels[offset + i + 3] & 0xFF] - mean[i + 3];
            sum0 += difference0 * difference0;
            sum1 += difference1 * difference1;
            sum2 += difference2 * difference2;
            sum3 += difference3 * difference3;
        }
        return sum0 + sum1 + sum2 + sum3;
    }
}
