package io.arrowshm.shm.arrow;

import java.util.Locale;
import org.apache.arrow.memory.AllocationManager;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;

/**
 * The growing area inside an unsealed segment that vectors allocate from: a bump pointer. Only the newest allocation is
 * taken back when it is freed, which is enough for a vector that grows. The thread that writes the segment.
 */
final class Arena {
    private final long address;
    private final long capacity;
    private long used;

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
    long used() {
        return used;
    }

    boolean contains(long from, long length) {
        return from >= address && from + length <= address + used;
    }

    /**
     * Address of new memory, a multiple of 64; not zeroed.
     *
     * @throws OutOfMemoryException if the arena has no room
     */
    long allocate(long bytes) {
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

    private void free(long start, long bytes) {
        long end = start + ArrowMemory.align(bytes);
        if (end == address + used) {
            used = start - address;
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
            this.start = allocate(bytes);
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
