package io.arrowshm.jobs.images.job;

import static java.util.Objects.requireNonNull;

import io.arrowshm.jobs.images.data.ImageRows;
import java.io.Serializable;
import java.util.function.Supplier;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Hands every batch to its work, and emits nothing.
 *
 * @param <B> a batch, as the exchange brings it
 */
final class Worker<B> extends RichFlatMapFunction<B, Boolean> {
    private static final long serialVersionUID = 1L;

    private final BatchWork work;
    private final Rows<B> newRows;
    private final @Nullable String byValueReason;
    private final LongCounter byValue = new LongCounter();
    private transient ImageRows.@Nullable Of<B> rows;

    /** Makes the rows of a worker. */
    interface Rows<B> extends Supplier<ImageRows.Of<B>>, Serializable {}

    /** @param byValueReason as which every batch is counted; null if somebody else counts how they came */
    Worker(BatchWork work, Rows<B> newRows, @Nullable String byValueReason) {
        this.work = work;
        this.newRows = newRows;
        this.byValueReason = byValueReason;
    }

    @Override
    public void open(OpenContext context) {
        rows = newRows.get();
        if (byValueReason != null) {
            getRuntimeContext().addAccumulator(Counters.BY_VALUE_PREFIX + byValueReason, byValue);
        }
        work.open(getRuntimeContext());
    }

    @Override
    public void flatMap(B batch, Collector<Boolean> out) {
        ImageRows.Of<B> current = requireNonNull(rows);
        current.wrap(batch);
        work.process(current);
        byValue.add(1);
    }

    @Override
    public void close() {
        work.close();
    }
}
