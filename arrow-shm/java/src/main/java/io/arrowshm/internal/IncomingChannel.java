package io.arrowshm.internal;

import io.arrowshm.internal.registry.Channel;

/** The receiver's side of a channel. One thread, while the receiver's epoch is open. */
public final class IncomingChannel {
    private final Channel channel;

    IncomingChannel(Channel channel) {
        this.channel = channel;
    }

    /** Gives the sender credit for bytes that were received. */
    public void received(long bytes) {
        channel.addReceived(bytes);
    }
}
