package io.arrowshm.flink.type;

import io.arrowshm.SegmentRef;
import io.arrowshm.flink.type.Transfer.Content;
import io.arrowshm.flink.type.Transfer.Invitation;
import io.arrowshm.flink.type.Transfer.Reference;
import io.arrowshm.flink.type.Transfer.Value;
import java.io.IOException;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The wire format of an edge: a tag, then an invitation, a reference or a value. */
@Internal
public final class TransferSerializer extends ImmutableSerializer<Transfer> {
    public static final TransferSerializer INSTANCE = new TransferSerializer();

    private static final long serialVersionUID = 1L;
    private static final byte INVITATION = 1;
    private static final byte REFERENCE = 2;
    private static final byte VALUE = 3;

    private TransferSerializer() {}

    @Override
    public Transfer createInstance() {
        return new Transfer(new Value(SegmentSerializer.INSTANCE.createInstance()), 0);
    }

    @Override
    public void serialize(Transfer transfer, DataOutputView target) throws IOException {
        Content content = transfer.content();
        if (content instanceof Invitation invitation) {
            target.writeByte(INVITATION);
            target.writeLong(invitation.poolId());
            target.writeInt(invitation.channel());
            target.writeLong(invitation.nonce());
        } else if (content instanceof Reference reference) {
            target.writeByte(REFERENCE);
            target.writeInt(reference.channel());
            reference.segment().writeTo(target);
        } else if (content instanceof Value value) {
            target.writeByte(VALUE);
            ValueFormat.write(value.segment(), target);
        }
    }

    @Override
    public Transfer deserialize(DataInputView source) throws IOException {
        return new Transfer(content(source), 0);
    }

    @Override
    public TypeSerializerSnapshot<Transfer> snapshotConfiguration() {
        return new Snapshot();
    }

    private static Content content(DataInputView source) throws IOException {
        byte tag = source.readByte();
        return switch (tag) {
            case INVITATION -> new Invitation(source.readLong(), source.readInt(), source.readLong());
            case REFERENCE -> {
                int channel = source.readInt();
                yield new Reference(SegmentRef.readFrom(source), channel);
            }
            case VALUE -> new Value(ValueFormat.read(source));
            default -> throw new IOException("tag=" + tag + " in a stream of transfers, known are 1 to 3");
        };
    }

    private Object readResolve() {
        return INSTANCE;
    }

    /** Written by Flink wherever it records the types of a job. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<Transfer> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
