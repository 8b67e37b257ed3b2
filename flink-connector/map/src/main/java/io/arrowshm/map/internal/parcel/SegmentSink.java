package io.arrowshm.map.internal.parcel;

import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import java.util.function.Consumer;

/** Where segments go that a parcel needs. */
public interface SegmentSink {
    /** The number of a segment among those of the parcel, which has each once. It stays the caller's to close. */
    int add(Segment segment);

    /**
     * The number of a new segment, which has what is copied into the parcel.
     *
     * @param fill writes it
     * @throws io.arrowshm.error.SharedMemoryException FULL
     */
    int addNew(ArraySpec spec, Consumer<MutableNdArray> fill);
}
