package io.arrowshm.jobs.images;

import static java.util.Objects.requireNonNull;

import io.arrowshm.Segment;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** A worker behind the shared-memory exchange: hands every batch to its work, and emits nothing. */
final class SegmentFunction extends RichFlatMapFunction<Segment, Boolean> {
    private static final long serialVersionUID = 1L;

    private final BatchWork work;
    private transient @Nullable SegmentRows rows;

    SegmentFunction(BatchWork work) {
        this.work = work;
    }

    @Override
    public void open(OpenContext context) {
        rows = new SegmentRows();
        work.open(getRuntimeContext());
    }

    @Override
    public void flatMap(Segment batch, Collector<Boolean> out) {
        SegmentRows current = requireNonNull(rows);
        current.wrap(batch);
        work.process(current);
    }

    @Override
    public void close() {
        work.close();
    }
}
