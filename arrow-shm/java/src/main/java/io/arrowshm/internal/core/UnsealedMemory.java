package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import java.util.function.Function;

/** Memory that a segment is built in. Whoever has it seals, shares or releases it once. One thread. */
public interface UnsealedMemory {
    /** Address of the first byte, a multiple of 64. */
    long address();

    /** Bytes that there are at least. */
    long length();

    /**
     * Makes the bytes immutable, and a segment of them.
     *
     * @param length of the segment in bytes
     */
    SegmentMemory seal(long length);

    /**
     * Makes a segment of the bytes that others may write too.
     *
     * @param length of the segment in bytes
     * @throws SharedMemoryException ARGUMENT if nobody else could have it
     */
    SegmentMemory share(long length);

    /** Gives the memory back instead. */
    void release();

    /** What is built in this memory, which is given back if that fails. */
    default <T> T build(Function<UnsealedMemory, T> builder) {
        boolean built = false;
        try {
            T result = builder.apply(this);
            built = true;
            return result;
        } finally {
            if (!built) {
                release();
            }
        }
    }
}
