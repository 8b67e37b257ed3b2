package io.arrowshm.map.internal.parcel;

import io.arrowshm.Segment;

/** Where segments are had that a parcel needs. */
public interface SegmentSource {
    /**
     * A segment by its number in the parcel; not the caller's to close.
     *
     * @throws io.arrowshm.error.SharedMemoryException STALE_REFERENCE if it is gone
     */
    Segment get(int number);
}
