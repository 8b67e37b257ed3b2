package io.arrowshm.benchmark.flink.recovery;

import static java.util.Objects.requireNonNull;

import io.arrowshm.ArrayWriter;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.flink.SegmentFactory;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Makes an array of each number, and keeps the last ones. */
final class MakeSegments extends RichFlatMapFunction<Long, Segment> {
    private static final long serialVersionUID = 1L;

    private final PoolOptions pool;
    private transient @Nullable RecentSegments recent;

    @SuppressWarnings("NullAway.Init")
    private transient SegmentFactory factory;

    @SuppressWarnings("NullAway.Init")
    private transient double[] template;

    MakeSegments(PoolOptions pool) {
        this.pool = pool;
    }

    @Override
    public void open(OpenContext context) {
        factory = SegmentFactory.open(pool);
        template = new double[Traffic.DOUBLES];
        recent = new RecentSegments();
    }

    @Override
    public void flatMap(Long number, Collector<Segment> out) throws InterruptedException {
        try (ArrayWriter writer = factory.newArray(ArraySpec.of(DType.FLOAT64, Traffic.DOUBLES))) {
            template[0] = number;
            writer.array().copyFrom(template, 0);
            try (Segment segment = writer.seal()) {
                requireNonNull(recent).keep(segment);
                out.collect(segment);
            }
        }
    }

    @Override
    public void close() {
        // Absent if opening failed.
        if (recent != null) {
            recent.close();
        }
    }
}
