package io.arrowshm.benchmark.flink.limits;

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

/** Makes some segments, and passes one of them on for every number, in turn. */
final class PassOn extends RichFlatMapFunction<Long, Segment> {
    private static final long serialVersionUID = 1L;

    private static final int SEGMENTS = 8;

    private final PoolOptions pool;
    private final int bytes;
    private transient @Nullable Segment[] segments = {};
    private transient int next;

    PassOn(PoolOptions pool, int bytes) {
        this.pool = pool;
        this.bytes = bytes;
    }

    @Override
    public void open(OpenContext context) throws InterruptedException {
        segments = new Segment[SEGMENTS];
        SegmentFactory factory = SegmentFactory.open(pool);
        for (int i = 0; i < segments.length; i++) {
            try (ArrayWriter writer = factory.newArray(ArraySpec.of(DType.INT8, bytes))) {
                segments[i] = writer.seal();
            }
        }
    }

    @Override
    @SuppressWarnings("NullAway") // They are open.
    public void flatMap(Long number, Collector<Segment> out) {
        out.collect(segments[next]);
        next = (next + 1) % SEGMENTS;
    }

    @Override
    public void close() {
        // Absent if opening failed.
        for (Segment segment : segments) {
            if (segment != null) {
                segment.close();
            }
        }
    }
}
