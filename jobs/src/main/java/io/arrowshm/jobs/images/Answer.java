package io.arrowshm.jobs.images;

/**
 * What the classifier came to, of one pass over the input.
 *
 * @param correct test images that it got right
 * @param total test images
 * @param pixelSum sum of the pixels of the file that was trained on
 * @param means what it learnt
 */
record Answer(long correct, long total, long pixelSum, ClassMeans means) {
    /** The share of test images that it got right, 0 to 1. */
    double accuracy() {
        return (double) correct / total;
    }
}
