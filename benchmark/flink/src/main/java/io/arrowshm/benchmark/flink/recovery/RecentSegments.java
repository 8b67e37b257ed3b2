package io.arrowshm.benchmark.flink.recovery;

import io.arrowshm.Segment;
import java.util.ArrayDeque;
import java.util.Deque;

/** The last segments that a task had, kept so that its process holds something when it is killed. One thread. */
final class RecentSegments implements AutoCloseable {
    private static final int KEPT = 32;

    private final Deque<Segment> segments = new ArrayDeque<>();

    /** @param lent by the caller */
    void keep(Segment lent) {
        segments.add(lent.retain());
        if (segments.size() > KEPT) {
            segments.remove().close();
        }
    }

    @Override
    public void close() {
        segments.forEach(Segment::close);
        segments.clear();
    }
}
