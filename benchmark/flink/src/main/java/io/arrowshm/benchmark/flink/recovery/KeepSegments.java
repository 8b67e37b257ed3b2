package io.arrowshm.benchmark.flink.recovery;

import static java.util.Objects.requireNonNull;

import io.arrowshm.Segment;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Takes its time for each segment, and keeps the last ones. */
final class KeepSegments extends RichFlatMapFunction<Segment, Boolean> {
    private static final long serialVersionUID = 1L;

    private transient @Nullable RecentSegments recent;

    @Override
    public void open(OpenContext context) {
        recent = new RecentSegments();
    }

    @Override
    public void flatMap(Segment segment, Collector<Boolean> out) {
        requireNonNull(recent).keep(segment);
        Traffic.takeTime();
    }

    @Override
    public void close() {
        // Absent if opening failed.
        if (recent != null) {
            recent.close();
        }
    }
}
