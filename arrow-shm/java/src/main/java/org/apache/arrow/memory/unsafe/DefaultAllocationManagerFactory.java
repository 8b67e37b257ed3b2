package org.apache.arrow.memory.unsafe;

import io.arrowshm.internal.arrow.ArrowMemory;
import org.apache.arrow.memory.AllocationManager;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;

/**
 * What Arrow's core looks for under this very name before it makes its first allocator, and fails without. There is no
 * release of {@code arrow-memory-unsafe} beside this version of the core; if one is on the class path as well, Arrow takes
 * the first that it finds, and either will do.
 */
public final class DefaultAllocationManagerFactory implements AllocationManager.Factory {
    // Read by Arrow's core by reflection.
    static final AllocationManager.Factory FACTORY = new DefaultAllocationManagerFactory();

    @Override
    public AllocationManager create(BufferAllocator accountingAllocator, long size) {
        return ArrowMemory.privateMemory().create(accountingAllocator, size);
    }

    @Override
    public ArrowBuf empty() {
        return ArrowMemory.privateMemory().empty();
    }
}
