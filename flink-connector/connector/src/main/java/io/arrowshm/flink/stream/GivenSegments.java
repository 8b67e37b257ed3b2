package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import java.io.Serializable;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The segments that an asynchronous function has given away and that are not emitted yet. Once this is closed, what is
 * given is closed at once. Any thread.
 */
final class GivenSegments implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Set<Segment> segments = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean closed;

    /** Takes segments over; false if that was too late, and they are closed. */
    synchronized boolean take(Collection<Segment> given) {
        if (closed) {
            given.forEach(Segment::close);
            return false;
        }
        segments.addAll(given);
        return true;
    }

    /** Closes a segment that was emitted. */
    synchronized void release(Segment segment) {
        if (segments.remove(segment)) {
            segment.close();
        }
    }

    /** Closes all that is left, and from now on all that comes. */
    synchronized void close() {
        closed = true;
        segments.forEach(Segment::close);
        segments.clear();
    }
}
