package io.arrowshm.map.internal.parcel;

import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.internal.Access;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The segments of a parcel in a worker: each is held from when it is first needed. One thread. */
public final class BorrowedSegments implements SegmentSource, AutoCloseable {
    private final SharedMemoryPool pool;
    private final List<SegmentRef> references;
    private final @Nullable Segment[] segments;

    /** @param references as {@link Lender.Loans#references} gives them */
    public BorrowedSegments(SharedMemoryPool pool, List<SegmentRef> references) {
        this.pool = pool;
        this.references = references;
        segments = new Segment[references.size()];
    }

    @Override
    public Segment get(int number) {
        Segment segment = segments[number];
        if (segment == null) {
            SegmentRef reference = references.get(number);
            segment = reference.epoch() == 0
                    ? Access.openNamed(pool, reference.slot(), reference.generation())
                    : Access.claim(pool, reference);
            segments[number] = segment;
        }
        return segment;
    }

    @Override
    public void close() {
        for (Segment segment : segments) {
            if (segment != null) {
                segment.close();
            }
        }
    }
}
