package io.arrowshm.benchmark.e2e.limits;

import io.arrowshm.flink.SegmentFactory;
import io.arrowshm.shm.ArrayWriter;
import io.arrowshm.shm.PoolOptions;
import io.arrowshm.shm.Segment;
import io.arrowshm.shm.array.ArraySpec;
import io.arrowshm.shm.array.DType;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Makes one segment, and passes it on for every number. */
final class PassOn extends RichFlatMapFunction<Long, Segment> {
    private static final long serialVersionUID = 1L;

    private final PoolOptions pool;
    private final int bytes;
    private transient @Nullable Segment segment;

    PassOn(PoolOptions pool, int bytes) {
        this.pool = pool;
        this.bytes = bytes;
    }

    @Override
    public void open(OpenContext context) throws InterruptedException {
        try (ArrayWriter writer = SegmentFactory.open(pool).newArray(ArraySpec.of(DType.INT8, bytes))) {
            segment = writer.seal();
        }
    }

    @Override
    @SuppressWarnings("NullAway") // It is open.
    public void flatMap(Long number, Collector<Segment> out) {
        try (Segment again = segment.retain()) {
            out.collect(again);
        }
    }

    @Override
    public void close() {
        // Absent if opening failed.
        if (segment != null) {
            segment.close();
        }
    }
}
