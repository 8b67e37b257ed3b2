package io.arrowshm.map;

import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.internal.Access;
import io.arrowshm.map.internal.parcel.Parcel;
import io.arrowshm.map.internal.parcel.SegmentSink;
import io.arrowshm.map.internal.parcel.SegmentSource;
import io.arrowshm.map.internal.run.RangeWork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Copies arguments of tasks that run in this process, by the way on which they would go to another one: so a task finds the same
 * in every context. One thread.
 */
final class LocalCopies implements SegmentSink, SegmentSource, AutoCloseable {
    private final ContextPool pool;
    private final List<Segment> segments = new ArrayList<>();
    /** What is needed only until the copies are made; the others belong to whoever captures them. */
    private final List<Segment> ownSegments = new ArrayList<>();

    private LocalCopies(ContextPool pool) {
        this.pool = pool;
    }

    /**
     * The same work with copies of its arguments.
     *
     * @throws IllegalArgumentException if it cannot be serialised
     */
    static RangeWork of(RangeWork work, ContextPool pool) {
        try (LocalCopies copies = new LocalCopies(pool)) {
            byte[] parcel = Parcel.pack(work, copies, true);
            ClassLoader classes = Thread.currentThread().getContextClassLoader();
            return (RangeWork) Parcel.unpack(parcel, copies, pool::alloc, classes);
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalArgumentException("the task or its argument cannot be copied: " + e, e);
        }
    }

    @Override
    public int add(Segment segment) {
        int known = segments.indexOf(segment);
        if (known >= 0) {
            return known;
        }
        segments.add(segment);
        return segments.size() - 1;
    }

    @Override
    public int addNew(ArraySpec spec, Consumer<MutableNdArray> fill) {
        Segment segment = Access.newForgettableArray(pool.pool(), spec);
        ownSegments.add(segment);
        fill.accept(segment.mutableArray());
        return add(segment);
    }

    @Override
    public void close() {
        ownSegments.forEach(Segment::close);
    }

    @Override
    public Segment get(int number) {
        return segments.get(number);
    }
}
