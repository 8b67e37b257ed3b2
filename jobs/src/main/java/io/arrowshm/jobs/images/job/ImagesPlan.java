package io.arrowshm.jobs.images.job;

import io.arrowshm.jobs.images.data.BatchPlan;
import io.arrowshm.jobs.images.data.ImageSet;

/**
 * What to do with which images; everything about the two jobs but the exchange.
 *
 * @param images what to train and test on
 * @param parallelism number of workers
 * @param batchImages images of a batch
 * @param passes how many times the input is sent
 * @param reads how much the workers read
 * @param slowMs milliseconds that a worker sleeps over every batch
 */
public record ImagesPlan(ImageSet images, int parallelism, int batchImages, long passes, Reads reads, int slowMs) {
    public BatchPlan trainBatches() {
        return new BatchPlan(images.train(), batchImages, passes);
    }

    BatchPlan testBatches() {
        return new BatchPlan(images.test(), batchImages, passes);
    }

    /** Batches of both jobs. */
    public long batches() {
        return trainBatches().batches() + testBatches().batches();
    }

    /** How much of every batch the workers read. */
    public enum Reads {
        /** The first image of each batch, and no arithmetic: for measuring the exchange. */
        FIRST,
        /** All of it. */
        ALL
    }
}
