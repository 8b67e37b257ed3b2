package io.arrowshm.flink;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentSize;
import io.arrowshm.SegmentWriter;
import io.arrowshm.flink.internals.AroundFunction;
import java.nio.ByteBuffer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.functions.OpenContext;

/** Makes the segment of each element as a filler says. */
final class SegmentMaker<T> extends AroundFunction<SegmentFiller<T>> implements MapFunction<T, Segment> {
    private static final long serialVersionUID = 1L;

    private final PoolOptions poolOptions;
    // Arrow's schemas are not serializable.
    private final byte[] schemaMessage;
    private final SegmentSize size;

    @SuppressWarnings("NullAway.Init")
    private transient Schema schema;

    @SuppressWarnings("NullAway.Init")
    private transient SegmentFactory segments;

    SegmentMaker(PoolOptions poolOptions, Schema schema, SegmentSize size, SegmentFiller<T> filler) {
        super(filler);
        this.poolOptions = poolOptions;
        this.schemaMessage = schema.serializeAsMessage();
        this.size = size;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        super.open(context);
        schema = Schema.deserializeMessage(ByteBuffer.wrap(schemaMessage));
        segments = SegmentFactory.open(poolOptions);
    }

    @Override
    public Segment map(T element) throws Exception {
        try (SegmentWriter writer = segments.newSegment(schema, size)) {
            getWrappedFunction().fill(element, writer);
            return writer.seal();
        }
    }
}
