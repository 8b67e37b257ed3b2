package io.arrowshm;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.registry.Channel;
import io.arrowshm.internal.registry.Channels;
import io.arrowshm.internal.registry.Epochs;
import org.jspecify.annotations.Nullable;

/**
 * One execution attempt that sends or receives references. What it has in flight when it is closed stays good until
 * everybody who joined its channels is closed too, and is taken back then. Any thread; its channels one thread each.
 */
public final class Epoch implements AutoCloseable {
    private final Epochs epochs;
    private final Channels channels;
    private final int index;
    private boolean closed;

    Epoch(Epochs epochs, Channels channels, String name) {
        this.epochs = epochs;
        this.channels = channels;
        this.index = epochs.open(name);
    }

    /** A channel to one receiver, or null if the pool has none left. */
    public synchronized @Nullable OutgoingChannel openChannel() {
        Channel channel = closed || epochs.isClosed() ? null : channels.open(index);
        return channel == null ? null : new OutgoingChannel(channel);
    }

    /** Answers the invitation to a channel, or returns null if the invitation is not valid any more. */
    public synchronized @Nullable IncomingChannel join(int channel, long nonce) {
        Channel joined = closed || epochs.isClosed() ? null : channels.join(channel, nonce, index);
        return joined == null ? null : new IncomingChannel(joined);
    }

    /** Under the lock that closing takes: nothing may come into flight after a sweep has taken the epoch back. */
    synchronized @Nullable SegmentRef trySend(PooledMemory memory) {
        if (closed) {
            throw new SharedMemoryException(Kind.CLOSED, "the epoch is closed; nothing can be sent in its name");
        }
        return memory.trySend(index);
    }

    /** Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            epochs.end(index);
        }
    }
}
