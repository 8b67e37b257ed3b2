package io.arrowshm.internal.registry;

import io.arrowshm.internal.layout.ChannelRecord;
import io.arrowshm.internal.memory.Memory;

/** One channel in use. Each counter has one writer: the sender's or the receiver's thread. */
public final class Channel {
    private final int index;
    private final long nonce;
    private final long address;

    Channel(int index, long nonce, long address) {
        this.index = index;
        this.nonce = nonce;
        this.address = address;
    }

    public int index() {
        return index;
    }

    public long nonce() {
        return nonce;
    }

    public boolean isJoined() {
        int receiver = ChannelRecord.receiverOf(Memory.getLongVolatile(address + ChannelRecord.RECEIVER));
        return receiver != ChannelRecord.NOT_JOINED && receiver != ChannelRecord.CLOSED_TO_RECEIVERS;
    }

    /** Bytes sent by reference and not received yet; for the sender's thread. */
    public long bytesInFlight() {
        return Memory.getLong(address + ChannelRecord.BYTES_SENT)
                - Memory.getLongVolatile(address + ChannelRecord.BYTES_RECEIVED);
    }

    public void addSent(long bytes) {
        add(ChannelRecord.BYTES_SENT, bytes);
    }

    public void addReceived(long bytes) {
        add(ChannelRecord.BYTES_RECEIVED, bytes);
    }

    private void add(int counter, long bytes) {
        Memory.putLongRelease(address + counter, Memory.getLong(address + counter) + bytes);
    }
}
