package io.arrowshm.flink.internals;

import java.nio.ByteBuffer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * What one record writer, of a unicast edge, serialises its records into. Nothing else ever writes to it, so that what is
 * written here while it is armed goes to exactly one receiver, which is known. Armed by the edge's {@link ArmingSelector}
 * immediately before a record is serialised, until that is done. One thread.
 */
@Internal
public abstract class RecordOutput extends DataOutputSerializer {
    private static final int FIRST_BYTES = 128;
    private static final int NOT_ARMED = -1;

    private int receiver = NOT_ARMED;

    protected RecordOutput() {
        super(FIRST_BYTES);
    }

    protected final boolean isArmed() {
        return receiver != NOT_ARMED;
    }

    /** Of the record that is being written. */
    protected final int receiver() {
        return receiver;
    }

    /** Called before each record. */
    protected abstract void beginRecord();

    /** The next record goes to that receiver and to no other. */
    final void arm(int newReceiver) {
        receiver = newReceiver;
        beginRecord();
    }

    /** Called by the record writer when the record is complete. */
    @Override
    public final ByteBuffer wrapAsByteBuffer() {
        receiver = NOT_ARMED;
        return super.wrapAsByteBuffer();
    }
}
