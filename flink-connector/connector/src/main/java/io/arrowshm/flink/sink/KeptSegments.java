package io.arrowshm.flink.sink;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.stream.RoomInPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Segments that are to be published together: held where they lie if
 * they are immutable and in the pool, else copied. One thread.
 */
final class KeptSegments implements AutoCloseable {
    private final SharedMemoryPool pool;
    private final Duration fullPoolTimeout;
    private final List<Segment> segments = new ArrayList<>();

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
        boolean canGetName = segment.isIn(pool) && !segment.isMutable();
        segments.add(canGetName ? segment.retain() : copy(segment));
    }

    /** In the order in which they came. */
    void forEach(Consumer<Segment> action) {
        segments.forEach(action);
    }

    @Override
    public void close() {
        segments.forEach(Segment::close);
        segments.clear();
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
