package io.arrowshm.internal;

import io.arrowshm.internal.registry.Channel;

/** The sender's side of a channel. One thread, while the sender's epoch is open. */
public final class OutgoingChannel {
    private final Channel channel;

    OutgoingChannel(Channel channel) {
        this.channel = channel;
    }

    public int index() {
        return channel.index();
    }

    /** Goes into the invitation, so that an answer to an earlier one is never taken for an answer to this one. */
    public long nonce() {
        return channel.nonce();
    }

    /** Whether a receiver has this very pool open and takes references. */
    public boolean isJoined() {
        return channel.isJoined();
    }

    /** Bytes sent by reference and not received yet. */
    public long bytesInFlight() {
        return channel.bytesInFlight();
    }

    /** Takes credit for bytes that are sent by reference. */
    public void sent(long bytes) {
        channel.addSent(bytes);
    }
}
