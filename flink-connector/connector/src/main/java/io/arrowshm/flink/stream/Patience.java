package io.arrowshm.flink.stream;

import java.time.Duration;
import org.apache.flink.annotation.Internal;

/**
 * How long to wait for what comes from others: as long as that helps. After a wait in vain there is none, since a wait for
 * every segment would be far slower than by value; it grows again with each segment for which nothing was missing. Any
 * thread: of two changes at once one may be lost, which does no harm.
 */
@Internal
public final class Patience {
    private static final long LEAST_NANOS = 1_000_000;

    private final long mostNanos;
    private volatile long nanos;

    public Patience(Duration most) {
        mostNanos = most.toNanos();
        nanos = mostNanos;
    }

    /** How long to wait now. */
    public long nanos() {
        return nanos;
    }

    public void helped() {
        long now = nanos;
        // Without a write as long as all is well: threads that share it would take the cache line from each other.
        if (now < mostNanos) {
            nanos = Math.min(mostNanos, Math.max(LEAST_NANOS, 2 * now));
        }
    }

    public void wasInVain() {
        nanos = 0;
    }
}
