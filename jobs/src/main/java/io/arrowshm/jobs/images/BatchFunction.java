package io.arrowshm.jobs.images;

import static java.util.Objects.requireNonNull;

import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** A worker behind Flink's own exchange: hands every batch to its work, and emits nothing. */
final class BatchFunction extends RichFlatMapFunction<ImageBatch, Boolean> {
    private static final long serialVersionUID = 1L;

    private final BatchWork work;
    private final @Nullable String byValueReason;
    private final LongCounter byValue = new LongCounter();
    private transient @Nullable BatchRows rows;

    /** @param byValueReason as which every batch is counted; null if somebody else counts how they came */
    BatchFunction(BatchWork work, @Nullable String byValueReason) {
        this.work = work;
        this.byValueReason = byValueReason;
    }

    @Override
    public void open(OpenContext context) {
        rows = new BatchRows();
        if (byValueReason != null) {
            getRuntimeContext().addAccumulator(Counters.BY_VALUE_PREFIX + byValueReason, byValue);
        }
        work.open(getRuntimeContext());
    }

    @Override
    public void flatMap(ImageBatch batch, Collector<Boolean> out) {
        BatchRows current = requireNonNull(rows);
        current.wrap(batch);
        work.process(current);
        byValue.add(1);
    }

    @Override
    public void close() {
        work.close();
    }
}
