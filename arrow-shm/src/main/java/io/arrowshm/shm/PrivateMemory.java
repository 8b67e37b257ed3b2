package io.arrowshm.shm;

import io.arrowshm.shm.memory.Memory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A segment outside any pool: it travels by value. */
final class PrivateMemory implements SegmentMemory {
    private static final int ALIGNMENT = 64;

    private final long allocation;
    private final long length;
    private final AtomicInteger count = new AtomicInteger(1);

    private PrivateMemory(long allocation, long length) {
        this.allocation = allocation;
        this.length = length;
    }

    static PrivateMemory allocate(long length) {
        return new PrivateMemory(Memory.allocatePrivate(length + ALIGNMENT), length);
    }

    /** The same memory as a segment of fewer bytes; takes the place of this object. */
    PrivateMemory withLength(long newLength) {
        return new PrivateMemory(allocation, newLength);
    }

    @Override
    public long address() {
        return allocation + ALIGNMENT - 1 & -ALIGNMENT;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void retain() {
        count.incrementAndGet();
    }

    @Override
    public void release() {
        if (count.decrementAndGet() == 0) {
            Memory.freePrivate(allocation);
        }
    }

    @Override
    public @Nullable PooledMemory pooled() {
        return null;
    }

    @Override
    public String describe() {
        return "private segment of " + length + " bytes";
    }
}
