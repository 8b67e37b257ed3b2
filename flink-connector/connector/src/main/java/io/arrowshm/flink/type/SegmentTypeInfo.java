package io.arrowshm.flink.type;

import io.arrowshm.Segment;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The type of streams of segments. */
@PublicEvolving
public final class SegmentTypeInfo extends AtomicTypeInfo<Segment> {
    public static final SegmentTypeInfo INSTANCE = new SegmentTypeInfo();

    private static final long serialVersionUID = 1L;

    private SegmentTypeInfo() {
        super(Segment.class);
    }

    /** The type, for functions whose result type has to be given. */
    public static TypeInformation<Segment> of() {
        return INSTANCE;
    }

    @Override
    public TypeSerializer<Segment> createSerializer(SerializerConfig config) {
        return SegmentSerializer.INSTANCE;
    }
}
