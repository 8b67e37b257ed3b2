package io.arrowshm.flink.dropin;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

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
     * The view as that of an armed edge; null if it is none. Has the edges of the task armed whose thread calls, from its
     * next record on.
     */
    static @Nullable EdgeOutput of(DataOutputView view) {
        if (view instanceof EdgeOutput output) {
            return output.receiver == NOT_ARMED ? null : output;
        }
        TaskExchange.ofThisThread();
        return null;
    }

    /** Whether an array of that size may go by reference. */
    boolean isLarge(long bytes) {
        return sender.isLarge(bytes);
    }

    /**
     * Writes a reference to a copy of the array in the pool, or returns false: then its value is to be written, perhaps
     * behind an invitation.
     */
    <A> boolean writeReference(PrimitiveArraySerializer<A> serializer, A array) throws IOException {
        return sender.isLarge(serializer.bytes(array)) && sender.write(serializer, array, receiver, this);
    }
}
