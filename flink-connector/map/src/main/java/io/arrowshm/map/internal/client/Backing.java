package io.arrowshm.map.internal.client;

import org.jspecify.annotations.Nullable;

/** What has started the workers of a context, and replaces them. Any thread. */
public interface Backing {
    /** Whether a worker's process may be killed, since it is nobody else's. */
    boolean mayKill();

    /** Whether the workers are to end when their last client has gone. */
    boolean endsWorkers();

    /** Why no worker will come any more, or null; does not wait. */
    @Nullable
    String whyGone();

    /** What its processes say, for messages. */
    String diagnosis();

    /** Ends the workers, or leaves them. Idempotent. */
    void close();
}
