package io.arrowshm.shm;

import org.jspecify.annotations.Nullable;

/** The memory that handles on one segment share, counted inside this JVM. Any thread. */
interface SegmentMemory {
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
}
