package io.arrowshm.shm.registry;

import io.arrowshm.shm.layout.ChannelRecord;
import io.arrowshm.shm.memory.Memory;

/** The sender's side of a channel. One thread, while the sender's epoch is open. */
public final class OutgoingChannel {
    private final int index;
    private final long nonce;
    private final long address;

    OutgoingChannel(int index, long nonce, long address) {
        this.index = index;
        this.nonce = nonce;
        this.address = address;
    }

    public int index() {
        return index;
    }

    /** Goes into the invitation, so that an answer to an earlier one is never taken for an answer to this one. */
    public long nonce() {
        return nonce;
    }

    /** Whether a receiver has this very pool open and takes references. */
    public boolean isJoined() {
        return Memory.getLongVolatile(address + ChannelRecord.RECEIVER) > 0;
    }

    /** Bytes sent by reference and not received yet. */
    public long bytesInFlight() {
        return Memory.getLong(address + ChannelRecord.BYTES_SENT)
                - Memory.getLongVolatile(address + ChannelRecord.BYTES_RECEIVED);
    }

    public void sent(long bytes) {
        Memory.putLongRelease(
                address + ChannelRecord.BYTES_SENT, Memory.getLong(address + ChannelRecord.BYTES_SENT) + bytes);
    }
}
