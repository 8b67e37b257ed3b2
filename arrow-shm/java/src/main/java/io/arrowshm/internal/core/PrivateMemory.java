package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.Memory;
import java.io.DataInput;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A segment outside any pool, sealed or being built: it travels by value. */
public final class PrivateMemory implements SegmentMemory, UnsealedMemory {
    private static final int ALIGNMENT = 64;

    private final long allocation;
    private final long length;
    private final AtomicInteger count = new AtomicInteger(1);

    private PrivateMemory(long allocation, long length) {
        this.allocation = allocation;
        this.length = length;
    }

    public static PrivateMemory allocate(long length) {
        return new PrivateMemory(Memory.allocatePrivate(length + ALIGNMENT), length);
    }

    public static PrivateMemory read(DataInput in, long length) throws IOException {
        PrivateMemory memory = allocate(length);
        boolean read = false;
        try {
            byte[] copy = new byte[(int) Math.min(COPY_BYTES, length)];
            for (long done = 0; done < length; done += copy.length) {
                int bytes = (int) Math.min(copy.length, length - done);
                in.readFully(copy, 0, bytes);
                Memory.copy(copy, 0, memory.address() + done, bytes);
            }
            read = true;
            return memory;
        } finally {
            if (!read) {
                memory.release();
            }
        }
    }

    /** The same memory, perhaps of fewer bytes; takes the place of this object. */
    @Override
    public SegmentMemory seal(long newLength) {
        return new PrivateMemory(allocation, newLength);
    }

    @Override
    public SegmentMemory share(long newLength) {
        throw new SharedMemoryException(
                Kind.ARGUMENT, "an array in private memory can be shared with nobody; make it in a pool");
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
