package io.arrowshm.benchmark.peers.jvm;

import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;

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
