package io.arrowshm.flink;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/** Makes the segment of twice the number. */
final class Doubled extends RichMapFunction<Segment, Segment> {
    private static final long serialVersionUID = 1L;

    private final PoolOptions poolOptions;
    private transient SegmentFactory factory;

    Doubled(PoolOptions poolOptions) {
        this.poolOptions = poolOptions;
    }

    @Override
    public void open(OpenContext context) {
        factory = SegmentFactory.open(poolOptions);
    }

    @Override
    public Segment map(Segment segment) throws Exception {
        try (SegmentWriter writer = factory.newSegment(TestSegments.SCHEMA, TestSegments.BODY_BYTES)) {
            return TestSegments.fill(writer, 2 * TestSegments.number(segment));
        }
    }
}
