package io.arrowshm.load.internal.array;

import io.arrowshm.array.MutableNdArray;
import java.util.function.LongConsumer;

/** Reads a part of an array in a file, slice by slice. */
public interface ArrayReader {
    /**
     * Fills an array.
     *
     * @param start of the part along each axis; its shape is that of the target
     * @param moved is told how many bytes more were read, by any thread
     */
    void read(long[] start, MutableNdArray target, LongConsumer moved);
}
