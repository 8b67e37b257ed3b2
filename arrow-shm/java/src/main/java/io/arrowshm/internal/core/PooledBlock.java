package io.arrowshm.internal.core;

import io.arrowshm.internal.allocator.Block;

/** A block of a pool that this process builds a segment in. */
final class PooledBlock implements UnsealedMemory {
    private final PoolCore core;
    private final Block block;

    PooledBlock(PoolCore core, Block block) {
        this.core = core;
        this.block = block;
    }

    @Override
    public long address() {
        return block.address();
    }

    @Override
    public long length() {
        return block.bytes();
    }

    @Override
    public SegmentMemory seal(long length) {
        core.seal(block.slot(), block.address(), length);
        return new PooledMemory(core, block, length);
    }

    @Override
    public SegmentMemory share(long length) {
        core.ownership().share(block.slot(), length);
        return new PooledMemory(core, block, length);
    }

    @Override
    public void release() {
        core.ownership().release(block.slot());
    }
}
