package io.arrowshm.jobs.images.job;

import static java.util.Objects.requireNonNull;

import io.arrowshm.jobs.images.data.BatchPlan;
import io.arrowshm.jobs.images.data.ImageBatch;
import io.arrowshm.jobs.images.data.ImageData;
import io.arrowshm.jobs.images.data.Images;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.jspecify.annotations.Nullable;

/**
 * Copies the images of every batch out of memory. Fills the same object each time, as the operator behind it has
 * serialised it when it asks for the next one; a batch of another size gets arrays of its own.
 */
final class BatchReader extends RichMapFunction<Long, ImageBatch> {
    private static final long serialVersionUID = 1L;

    private final BatchPlan plan;
    private transient @Nullable ImageData data;
    private transient @Nullable ImageBatch batch;

    BatchReader(BatchPlan plan) {
        this.plan = plan;
    }

    @Override
    public void open(OpenContext context) {
        data = plan.part().files().data();
        batch = new ImageBatch();
    }

    @Override
    public ImageBatch map(Long number) {
        ImageData from = requireNonNull(data);
        ImageBatch to = requireNonNull(batch);
        int first = plan.firstImage(number);
        int images = plan.images(number);
        if (to.labels.length != images) {
            to.pixels = new byte[images * Images.PIXELS];
            to.labels = new byte[images];
            to.index = new int[images];
        }
        System.arraycopy(from.pixels(), first * Images.PIXELS, to.pixels, 0, to.pixels.length);
        System.arraycopy(from.labels(), first, to.labels, 0, images);
        for (int i = 0; i < images; i++) {
            to.index[i] = first + i;
        }
        return to;
    }
}
