package io.arrowshm.map.internal.parcel;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.internal.Access;
import java.util.ArrayList;
import java.util.List;

/** Arrays that a kernel makes in its worker: given back with the call, but for those that are sent to the caller. */
public final class CallArrays implements WorkerArrays, AutoCloseable {
    private final SharedMemoryPool pool;
    private final List<Segment> segments = new ArrayList<>();

    public CallArrays(SharedMemoryPool pool) {
        this.pool = pool;
    }

    @Override
    public synchronized MutableNdArray alloc(ArraySpec spec) {
        Segment segment = Access.newForgettableArray(pool, spec);
        segments.add(segment);
        return segment.mutableArray();
    }

    @Override
    public synchronized void close() {
        segments.forEach(Segment::close);
    }
}
