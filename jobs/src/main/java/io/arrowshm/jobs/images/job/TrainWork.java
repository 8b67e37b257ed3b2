package io.arrowshm.jobs.images.job;

import io.arrowshm.jobs.images.classifier.ClassSums;
import io.arrowshm.jobs.images.data.ImageRows;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Sums the pixels of every class. */
final class TrainWork implements BatchWork {
    private static final long serialVersionUID = 1L;

    private final ClassSums sums = new ClassSums();
    private final ClassSums.InAccumulator result = new ClassSums.InAccumulator();

    @Override
    public void open(RuntimeContext context) {
        context.addAccumulator(Counters.CLASS_SUMS, result);
    }

    @Override
    public void process(ImageRows rows) {
        for (int row = 0; row < rows.count(); row++) {
            byte[] pixels = rows.pixels(row);
            sums.add(pixels, rows.offset(row), rows.label(row));
        }
    }

    @Override
    public void close() {
        // Not before: a heartbeat serialises accumulators from another thread, whatever they hold at that moment.
        result.add(sums);
    }
}
