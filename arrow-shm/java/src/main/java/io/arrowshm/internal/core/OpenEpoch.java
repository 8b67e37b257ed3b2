package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.registry.Channel;
import io.arrowshm.internal.registry.Channels;
import io.arrowshm.internal.registry.Epochs;
import org.jspecify.annotations.Nullable;

/** An epoch that this process has opened. Any thread; its channels one thread each. */
public final class OpenEpoch implements AutoCloseable {
    private final Epochs epochs;
    private final Channels channels;
    private final int index;
    private boolean closed;

    OpenEpoch(Epochs epochs, Channels channels, String name) {
        this.epochs = epochs;
        this.channels = channels;
        this.index = epochs.open(name);
    }

    public int index() {
        return index;
    }

    /** A channel to one receiver, or null if the pool has none left. */
    public synchronized @Nullable Channel openChannel() {
        return closed || epochs.isClosed() ? null : channels.open(index);
    }

    /** The channel of an invitation, or null if that is not valid any more. */
    public synchronized @Nullable Channel join(int channel, long nonce) {
        return closed || epochs.isClosed() ? null : channels.join(channel, nonce, index);
    }

    /** Under the lock that closing takes: nothing may come into flight after a sweep has taken the epoch back. */
    synchronized boolean trySend(PooledMemory memory) {
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
