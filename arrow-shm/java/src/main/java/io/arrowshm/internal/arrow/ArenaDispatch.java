package io.arrowshm.internal.arrow;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.memory.AllocationManager;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Sends an allocation to the arena of the segment whose allocator asks, or one of its parents: a child allocator cannot
 * have a factory of its own, and libraries make children of the allocator that they are given. Any thread.
 */
final class ArenaDispatch implements AllocationManager.Factory {
    private final Map<BufferAllocator, Arena> arenas = new ConcurrentHashMap<>();

    BufferAllocator attach(BufferAllocator parent, Arena arena) {
        BufferAllocator allocator = parent.newChildAllocator("segment", 0, Long.MAX_VALUE);
        arenas.put(allocator, arena);
        return allocator;
    }

    void detach(BufferAllocator allocator) {
        arenas.remove(allocator);
    }

    @Override
    public AllocationManager create(BufferAllocator accountingAllocator, long size) {
        for (@Nullable BufferAllocator a = accountingAllocator; a != null; a = a.getParentAllocator()) {
            Arena arena = arenas.get(a);
            if (arena != null) {
                return arena.manage(accountingAllocator, size);
            }
        }
        return PrivateAllocation.FACTORY.create(accountingAllocator, size);
    }

    @Override
    public ArrowBuf empty() {
        return PrivateAllocation.FACTORY.empty();
    }
}
