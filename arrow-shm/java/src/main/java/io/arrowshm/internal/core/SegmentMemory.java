package io.arrowshm.internal.core;

import io.arrowshm.internal.memory.Memory;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The memory that handles on one segment share, counted inside this JVM. Any thread. */
public interface SegmentMemory {
    int COPY_BYTES = 1 << 16;

    /** Address of the first byte, good while the count is above zero. */
    long address();

    /** In bytes. */
    long length();

    /** One more handle; the caller has one. */
    void retain();

    /** One handle less; the last one gives the memory back. */
    void release();

    /** Where the memory lies in the pool, null if it is private. */
    @Nullable
    PooledMemory pooled();

    /** For messages. */
    String describe();

    /** Copies all bytes to an address. */
    default void copyTo(long address) {
        Memory.copy(address(), address, length());
    }

    /** Writes all bytes. */
    default void writeTo(DataOutput out) throws IOException {
        byte[] copy = new byte[(int) Math.min(COPY_BYTES, length())];
        for (long written = 0; written < length(); written += copy.length) {
            int bytes = (int) Math.min(copy.length, length() - written);
            Memory.copy(address() + written, copy, 0, bytes);
            out.write(copy, 0, bytes);
        }
    }
}
