package io.arrowshm.shm.registry;

import io.arrowshm.shm.layout.ChannelRecord;
import io.arrowshm.shm.memory.Memory;

/** The receiver's side of a channel. One thread, while the receiver's epoch is open. */
public final class IncomingChannel {
    private final long address;

    IncomingChannel(long address) {
        this.address = address;
    }

    /** Gives the sender credit for bytes that were received. */
    public void received(long bytes) {
        Memory.putLongRelease(
                address + ChannelRecord.BYTES_RECEIVED, Memory.getLong(address + ChannelRecord.BYTES_RECEIVED) + bytes);
    }
}
