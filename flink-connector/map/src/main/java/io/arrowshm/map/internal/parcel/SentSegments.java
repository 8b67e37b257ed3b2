package io.arrowshm.map.internal.parcel;

import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.SegmentIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Segments that go from a worker to the caller with a result: each by a reference that is received once, or, if the caller has
 * lent it, by the reference that came with the call. One thread.
 */
public final class SentSegments implements SegmentSink {
    private final SharedMemoryPool pool;
    private final Epoch epoch;
    private final Map<SegmentIdentity, SegmentRef> borrowed = new HashMap<>();
    private final Map<SegmentIdentity, Integer> numbers = new HashMap<>();
    private final List<SegmentRef> references = new ArrayList<>();

    /**
     * @param epoch of the worker
     * @param lent what came with the call
     */
    public SentSegments(SharedMemoryPool pool, Epoch epoch, List<SegmentRef> lent) {
        this.pool = pool;
        this.epoch = epoch;
        lent.forEach(reference -> borrowed.put(
                new SegmentIdentity(reference.slot(), reference.generation(), reference.length()), reference));
    }

    @Override
    public int add(Segment segment) {
        SegmentIdentity identity = Access.identity(segment, pool);
        Integer known = numbers.get(identity);
        if (known != null) {
            return known;
        }
        SegmentRef reference = borrowed.get(identity);
        if (reference == null) {
            reference = segment.trySend(epoch);
        }
        if (reference == null) {
            throw new IllegalStateException(
                    "an array of the result is on its way to somebody else; return a copy of it: Worker.alloc, copyTo");
        }
        references.add(reference);
        numbers.put(identity, references.size() - 1);
        return references.size() - 1;
    }

    @Override
    public int addNew(ArraySpec spec, Consumer<MutableNdArray> fill) {
        try (Segment segment = Access.newForgettableArray(pool, spec)) {
            fill.accept(segment.mutableArray());
            return add(segment);
        }
    }

    /** What is sent for each segment. */
    public List<SegmentRef> references() {
        return references;
    }
}
