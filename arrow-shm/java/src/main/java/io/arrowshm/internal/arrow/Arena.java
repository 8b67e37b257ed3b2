package io.arrowshm.internal.arrow;

import java.util.Locale;
import org.apache.arrow.memory.AllocationManager;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.jspecify.annotations.Nullable;

/**
 * The growing area inside an unsealed segment that vectors allocate from: a bump pointer. Only the newest allocation is
 * taken back when it is freed, which is enough for a vector that grows. Any thread, since buffers may be released by any.
 */
final class Arena {
    private final long address;
    private final long capacity;
    private long used;
    private int allocations;
    private @Nullable Runnable whenUnused;

    /**
     * @param address of the first byte, a multiple of 64
     * @param capacity bytes
     */
    Arena(long address, long capacity) {
        this.address = address;
        this.capacity = capacity;
    }

    long address() {
        return address;
    }

    long capacity() {
        return capacity;
    }

    /** Bytes from the start to the end of the last allocation, a multiple of 64. */
    synchronized long used() {
        return used;
    }

    synchronized boolean contains(long from, long length) {
        return from >= address && from + length <= address + used;
    }

    /**
     * Address of new memory, a multiple of 64; not zeroed.
     *
     * @throws OutOfMemoryException if the arena has no room
     */
    synchronized long allocate(long bytes) {
        long wanted = ArrowMemory.align(bytes);
        if (wanted > capacity - used) {
            throw new OutOfMemoryException(String.format(
                    Locale.ROOT,
                    "the segment has no room for a buffer: wanted %,d bytes, used %,d of %,d; give the segment a larger"
                            + " body",
                    wanted,
                    used,
                    capacity));
        }
        long allocated = address + used;
        used += wanted;
        return allocated;
    }

    /** Whether no buffer that was allocated here is left, in whatever hands. */
    synchronized boolean isUnused() {
        return allocations == 0;
    }

    /** Runs the action as soon as no buffer is left: until then somebody could still write here. */
    void whenUnused(Runnable action) {
        synchronized (this) {
            if (allocations > 0) {
                whenUnused = action;
                return;
            }
        }
        action.run();
    }

    private synchronized long allocateForBuffer(long bytes) {
        long start = allocate(bytes);
        allocations++;
        return start;
    }

    private void free(long start, long bytes) {
        Runnable action = null;
        synchronized (this) {
            long end = start + ArrowMemory.align(bytes);
            if (end == address + used) {
                used = start - address;
            }
            if (--allocations == 0) {
                action = whenUnused;
                whenUnused = null;
            }
        }
        if (action != null) {
            action.run();
        }
    }

    AllocationManager manage(BufferAllocator accountingAllocator, long bytes) {
        return new Allocation(accountingAllocator, bytes);
    }

    private final class Allocation extends AllocationManager {
        private final long start;
        private final long bytes;

        Allocation(BufferAllocator accountingAllocator, long bytes) {
            super(accountingAllocator);
            this.start = allocateForBuffer(bytes);
            this.bytes = bytes;
        }

        @Override
        public long getSize() {
            return bytes;
        }

        @Override
        protected long memoryAddress() {
            return start;
        }

        @Override
        protected void release0() {
            free(start, bytes);
        }
    }
}
