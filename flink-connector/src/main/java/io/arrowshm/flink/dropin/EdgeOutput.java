package io.arrowshm.flink.dropin;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * What one record writer, of a unicast edge, serialises its records into. Nothing else ever writes to it, so that an array
 * that is written here while it is armed goes to exactly one receiver, which is known: that alone allows a reference.
 * Armed by the edge's {@link ArmingSelector} immediately before a record is serialised, until that is done. One thread.
 */
final class EdgeOutput extends DataOutputSerializer {
    private static final int FIRST_BYTES = 128;
    private static final int NOT_ARMED = -1;

    private final EdgeSender sender;
    private int receiver = NOT_ARMED;

    EdgeOutput(EdgeSender sender) {
        super(FIRST_BYTES);
        this.sender = sender;
    }

    /** The next record goes to that receiver and to no other. */
    void arm(int newReceiver) {
        receiver = newReceiver;
        sender.beginRecord();
    }

    /** Called by the record writer when the record is complete. */
    @Override
    public ByteBuffer wrapAsByteBuffer() {
        receiver = NOT_ARMED;
        return super.wrapAsByteBuffer();
    }

    /**
     * Writes a reference to a copy of the array in the pool, or returns false: then its value is to be written, perhaps
     * behind an invitation.
     */
    <A> boolean writeReference(PrimitiveArraySerializer<A> serializer, A array, int length) throws IOException {
        return receiver != NOT_ARMED && sender.write(serializer, array, length, receiver, this);
    }
}
