package io.arrowshm;

import io.arrowshm.internal.core.OpenEpoch;
import io.arrowshm.internal.registry.Channel;
import org.jspecify.annotations.Nullable;

/**
 * One execution attempt that sends or receives references. What it has in flight when it is closed stays good until
 * everybody who joined its channels is closed too, and is taken back then. Any thread; its channels one thread each.
 */
public final class Epoch implements AutoCloseable {
    private final OpenEpoch epoch;

    Epoch(OpenEpoch epoch) {
        this.epoch = epoch;
    }

    OpenEpoch epoch() {
        return epoch;
    }

    /** A channel to one receiver, or null if the pool has none left. */
    public @Nullable OutgoingChannel openChannel() {
        Channel channel = epoch.openChannel();
        return channel == null ? null : new OutgoingChannel(channel);
    }

    /** Answers the invitation to a channel, or returns null if the invitation is not valid any more. */
    public @Nullable IncomingChannel join(int channel, long nonce) {
        Channel joined = epoch.join(channel, nonce);
        return joined == null ? null : new IncomingChannel(joined);
    }

    /** Idempotent. */
    @Override
    public void close() {
        epoch.close();
    }
}
