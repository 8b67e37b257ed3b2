package io.arrowshm.jobs.images.job;

import io.arrowshm.jobs.images.data.ImageRows;
import io.arrowshm.jobs.images.data.Images;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Reads one image of every batch and skips the rest, so that the exchange is what takes time. */
final class FirstImageWork implements BatchWork {
    private static final long serialVersionUID = 1L;

    /** Nobody looks at it; it keeps the reading from being optimised away. */
    private final LongCounter read = new LongCounter();

    @Override
    public void open(RuntimeContext context) {
        context.addAccumulator(Counters.READ, read);
    }

    @Override
    public void process(ImageRows rows) {
        byte[] pixels = rows.pixels(0);
        int offset = rows.offset(0);
        long sum = rows.label(0);
        for (int i = offset; i < offset + Images.PIXELS; i++) {
            sum += pixels[i] & 0xFF;
        }
        read.add(sum);
    }

    @Override
    public void close() {}
}
