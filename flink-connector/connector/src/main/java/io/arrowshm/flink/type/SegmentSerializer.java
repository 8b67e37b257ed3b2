package io.arrowshm.flink.type;

import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Segments by value, wherever Flink serialises them: state, savepoints, sorters, collected results, edges that are not
 * the connector's. Durable and portable; what is read lies in private memory.
 */
@Internal
public final class SegmentSerializer extends ImmutableSerializer<Segment> {
    public static final SegmentSerializer INSTANCE = new SegmentSerializer();

    private static final long serialVersionUID = 1L;

    private SegmentSerializer() {}

    /** A segment of no columns and no rows. */
    @Override
    public Segment createInstance() {
        try (SegmentWriter writer = SegmentWriter.inPrivateMemory(new Schema(List.of()), 0)) {
            return writer.seal();
        }
    }

    @Override
    public void serialize(Segment segment, DataOutputView target) throws IOException {
        ValueFormat.write(segment, target);
    }

    @Override
    public Segment deserialize(DataInputView source) throws IOException {
        return ValueFormat.read(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        try (Segment segment = deserialize(source)) {
            serialize(segment, target);
        }
    }

    @Override
    public TypeSerializerSnapshot<Segment> snapshotConfiguration() {
        return new Snapshot();
    }

    private Object readResolve() {
        return INSTANCE;
    }

    /** Stored in state: its name must stay. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Segment> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
