package io.arrowshm.flink.dropin;

import io.arrowshm.flink.internals.RecordOutput;
import java.io.IOException;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** What the records of an edge are serialised into on which arrays may go by reference. One thread. */
final class EdgeOutput extends RecordOutput {
    private final EdgeSender sender;

    EdgeOutput(EdgeSender sender) {
        this.sender = sender;
    }

    @Override
    protected void beginRecord() {
        sender.beginRecord();
    }

    /**
     * The view as that of an armed edge; null if it is none. Has the edges of the task armed whose thread calls, from its
     * next record on.
     */
    static @Nullable EdgeOutput of(DataOutputView view) {
        if (view instanceof EdgeOutput output) {
            return output.isArmed() ? output : null;
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
        return sender.isLarge(serializer.bytes(array)) && sender.write(serializer, array, receiver(), this);
    }
}
