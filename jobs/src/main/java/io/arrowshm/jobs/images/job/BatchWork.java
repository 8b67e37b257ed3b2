package io.arrowshm.jobs.images.job;

import io.arrowshm.jobs.images.data.ImageRows;
import java.io.Serializable;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * What a worker does with the batches that an exchange brings. Travels to the workers before it is opened; every
 * subtask has its own copy, and calls it from one thread.
 */
interface BatchWork extends Serializable {
    /** Called once, before the first batch; the place to add accumulators. */
    void open(RuntimeContext context);

    /** Called for every batch; keeps nothing of it. */
    void process(ImageRows rows);

    /** Called once after the last batch, and also when the job fails, even if {@link #open} has failed. */
    void close();
}
