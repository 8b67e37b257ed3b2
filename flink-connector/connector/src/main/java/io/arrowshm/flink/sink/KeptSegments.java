package io.arrowshm.flink.sink;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.stream.RoomInPool;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.SegmentIdentity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Segments that are to be published together: held where they lie if they can get a name, else copied. One thread.
 */
final class KeptSegments implements AutoCloseable {
    private final SharedMemoryPool pool;
    private final Duration fullPoolTimeout;
    private final List<Segment> segments = new ArrayList<>();
    private final Set<SegmentIdentity> identities = new HashSet<>();

    KeptSegments(SharedMemoryPool pool, Duration fullPoolTimeout) {
        this.pool = pool;
        this.fullPoolTimeout = fullPoolTimeout;
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

    /**
     * Keeps a segment, which the caller closes.
     *
     * @throws SharedMemoryException FULL
     */
    void add(Segment segment) throws InterruptedException {
        boolean canGetName =
                segment.isIn(pool) && !segment.isMutable() && identities.add(Access.identity(segment, pool));
        segments.add(canGetName ? segment.retain() : copy(segment));
    }

    /** In the order in which they came. */
    void forEach(Consumer<Segment> action) {
        segments.forEach(action);
    }

    /**
     * Copies those that have a name already: there is one for each at most.
     *
     * @throws SharedMemoryException FULL
     */
    void copyNamed() throws InterruptedException {
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (isNamed(segment)) {
                segments.set(i, copy(segment));
                segment.close();
            }
        }
    }

    @Override
    public void close() {
        segments.forEach(Segment::close);
        segments.clear();
        identities.clear();
    }

    private boolean isNamed(Segment segment) {
        SegmentIdentity identity = Access.identity(segment, pool);
        try {
            Access.openNamed(pool, identity.slot(), identity.generation()).close();
            return true;
        } catch (SharedMemoryException e) {
            if (e.kind() == Kind.STALE_REFERENCE) {
                return false;
            }
            throw e;
        }
    }

    private Segment copy(Segment segment) throws InterruptedException {
        try {
            return RoomInPool.await(fullPoolTimeout.toNanos(), () -> pool.copy(segment));
        } catch (SharedMemoryException e) {
            throw e.kind() == Kind.FULL ? full(e) : e;
        }
    }

    private SharedMemoryException full(SharedMemoryException cause) {
        long bytes = segments.stream().mapToLong(Segment::length).sum();
        return new SharedMemoryException(
                Kind.FULL,
                "a segment to be published found no room for " + fullPoolTimeout.toMillis() + " ms; " + segments.size()
                        + " segments of " + bytes + " bytes wait for the next checkpoint: make the pool larger, take"
                        + " checkpoints, or take them more often; " + cause.getMessage(),
                cause);
    }
}
