package io.arrowshm.shm;

import io.arrowshm.shm.registry.Ownership;
import org.jspecify.annotations.Nullable;

/** A sealed segment in a pool that this process holds. */
final class PooledMemory implements SegmentMemory {
    private final Ownership ownership;
    private final long poolId;
    private final int slot;
    private final long generation;
    private final long address;
    private final long length;

    PooledMemory(Ownership ownership, long poolId, int slot, long generation, long address, long length) {
        this.ownership = ownership;
        this.poolId = poolId;
        this.slot = slot;
        this.generation = generation;
        this.address = address;
        this.length = length;
    }

    @Override
    public long address() {
        return address;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public void retain() {
        ownership.retain(slot);
    }

    @Override
    public void release() {
        ownership.release(slot);
    }

    @Override
    public @Nullable PooledMemory pooled() {
        return this;
    }

    @Override
    public String describe() {
        return "segment " + PoolDescription.hex(poolId) + "/" + slot + "/" + generation;
    }

    long poolId() {
        return poolId;
    }

    SegmentIdentity identity() {
        return new SegmentIdentity(slot, generation, length);
    }

    /** Null if the word has no place for one more reference of this epoch. */
    @Nullable
    SegmentRef trySend(int epoch) {
        return ownership.trySend(slot, epoch) ? new SegmentRef(poolId, slot, generation, 0, length, epoch) : null;
    }
}
