package io.arrowshm.internal.arrow;

import io.arrowshm.internal.memory.Memory;
import org.apache.arrow.memory.AllocationManager;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/** A buffer's memory outside any pool. */
final class PrivateAllocation extends AllocationManager {
    static final Factory FACTORY = new Factory() {
        private final ArrowBuf empty = new ArrowBuf(
                org.apache.arrow.memory.ReferenceManager.NO_OP, null, 0, Memory.allocatePrivate(Long.BYTES));

        @Override
        public AllocationManager create(BufferAllocator accountingAllocator, long size) {
            return new PrivateAllocation(accountingAllocator, size);
        }

        @Override
        public ArrowBuf empty() {
            return empty;
        }
    };

    private final long address;
    private final long size;

    private PrivateAllocation(BufferAllocator accountingAllocator, long size) {
        super(accountingAllocator);
        this.address = Memory.allocatePrivate(size);
        this.size = size;
    }

    @Override
    public long getSize() {
        return size;
    }

    @Override
    protected long memoryAddress() {
        return address;
    }

    @Override
    protected void release0() {
        Memory.freePrivate(address);
    }
}
