package io.arrowshm.map.internal.parcel;

import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.Access;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Segments that have come with a result. Received at once, whoever may want them, since a reference that nobody receives keeps
 * its segment until the worker ends; forgotten, they are given back. One thread.
 */
public final class ReceivedSegments implements SegmentSource {
    private final List<Segment> segments = new ArrayList<>();

    /**
     * @param loans of the call, or null if that has ended
     * @throws SharedMemoryException STALE_REFERENCE if the worker has died, which had sent them
     */
    public ReceivedSegments(SharedMemoryPool pool, Lender.@Nullable Loans loans, List<SegmentRef> references) {
        for (SegmentRef reference : references) {
            Segment lent = loans == null ? null : loans.find(reference);
            Segment segment = lent == null ? pool.receive(reference) : lent;
            Access.leaveToTheCollector(segment);
            segments.add(segment);
        }
    }

    @Override
    public Segment get(int number) {
        return segments.get(number);
    }

    /** All of them. */
    public List<Segment> segments() {
        return segments;
    }
}
