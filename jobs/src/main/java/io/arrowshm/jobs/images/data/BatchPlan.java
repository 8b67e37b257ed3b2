package io.arrowshm.jobs.images.data;

import java.io.Serializable;

/**
 * How a part of the images is cut into numbered batches, and replayed.
 *
 * @param part the images
 * @param batchImages images of a batch; the last one of a pass may have fewer
 * @param passes how many times all of it is sent
 */
public record BatchPlan(ImageSet.Part part, int batchImages, long passes) implements Serializable {
    /** Batches of one pass. */
    int batchesOfOnePass() {
        return (part.count() - 1) / batchImages + 1;
    }

    /** Batches of all passes; they are numbered from 0. */
    public long batches() {
        return batchesOfOnePass() * passes;
    }

    /** The index, in the files, of the first image of a batch. */
    public int firstImage(long batch) {
        return part.first() + start(batch);
    }

    /** The number of images of a batch. */
    public int images(long batch) {
        return Math.min(batchImages, part.count() - start(batch));
    }

    private int start(long batch) {
        return (int) (batch % batchesOfOnePass()) * batchImages;
    }
}
