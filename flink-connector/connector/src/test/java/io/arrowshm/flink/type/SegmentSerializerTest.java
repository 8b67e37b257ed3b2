package io.arrowshm.flink.type;

import io.arrowshm.Segment;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeutils.SerializerTestBase;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Flink's own suite of tests for serializers. */
class SegmentSerializerTest extends SerializerTestBase<Segment> {
    SegmentSerializerTest() {
        super(SegmentBytes.checker());
    }

    @Override
    protected TypeSerializer<Segment> createSerializer() {
        return SegmentSerializer.INSTANCE;
    }

    @Override
    protected int getLength() {
        return -1;
    }

    @Override
    protected Class<Segment> getTypeClass() {
        return Segment.class;
    }

    @Override
    protected Segment[] getTestData() {
        return IntStream.of(0, 1, 1000, 100_000).mapToObj(SegmentBytes::segment).toArray(Segment[]::new);
    }
}
