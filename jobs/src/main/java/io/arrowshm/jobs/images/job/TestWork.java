package io.arrowshm.jobs.images.job;

import io.arrowshm.jobs.images.classifier.ClassMeans;
import io.arrowshm.jobs.images.data.ImageRows;
import io.arrowshm.jobs.images.data.Images;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Classifies every image and counts how many it gets right. */
final class TestWork implements BatchWork {
    private static final long serialVersionUID = 1L;

    private final ClassMeans means;
    private final LongCounter correct = new LongCounter();
    private final LongCounter total = new LongCounter();
    private final LongCounter pixelSum = new LongCounter();

    TestWork(ClassMeans means) {
        this.means = means;
    }

    @Override
    public void open(RuntimeContext context) {
        context.addAccumulator(Counters.CORRECT, correct);
        context.addAccumulator(Counters.TOTAL, total);
        context.addAccumulator(Counters.TEST_PIXEL_SUM, pixelSum);
    }

    @Override
    public void process(ImageRows rows) {
        int right = 0;
        long sum = 0;
        for (int row = 0; row < rows.count(); row++) {
            byte[] pixels = rows.pixels(row);
            int offset = rows.offset(row);
            if (means.classify(pixels, offset) == rows.label(row)) {
                right++;
            }
            sum += sum(pixels, offset);
        }
        correct.add(right);
        total.add(rows.count());
        pixelSum.add(sum);
    }

    @Override
    public void close() {}

    private static int sum(byte[] pixels, int offset) {
        int sum = 0;
        for (int i = offset; i < offset + Images.PIXELS; i++) {
            sum += pixels[i] & 0xFF;
        }
        return sum;
    }
}
