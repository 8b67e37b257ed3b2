package io.arrowshm.benchmark.e2e.peers.jvm;

import io.arrowshm.shm.Epoch;
import io.arrowshm.shm.Segment;
import io.arrowshm.shm.SegmentRef;

/** References that are known to have a place. */
final class References {
    private References() {}

    static SegmentRef send(Segment segment, Epoch epoch) {
        SegmentRef reference = segment.trySend(epoch);
        if (reference == null) {
            throw new IllegalStateException("the reference has no place, though nobody else sends this segment");
        }
        return reference;
    }
}
