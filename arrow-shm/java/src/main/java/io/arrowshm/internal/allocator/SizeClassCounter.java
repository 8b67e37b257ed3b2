package io.arrowshm.internal.allocator;

import io.arrowshm.internal.layout.OwnershipWord;

/** Counts the blocks of one size. One thread. */
public final class SizeClassCounter {
    private final long blockBytes;
    private final int[] blocksInState = new int[OwnershipWord.STATES];
    private int slabs;
    private int blocks;
    private long sealedBytes;
    private long bytesBacked;

    public SizeClassCounter(long blockBytes) {
        this.blockBytes = blockBytes;
    }

    /** @param fileBytesTaken what its file really takes */
    public void addSlab(long fileBytesTaken) {
        slabs++;
        bytesBacked += fileBytesTaken;
    }

    /**
     * One slot of a slab.
     *
     * @param length of its segment, looked at only if it is sealed
     */
    public void addBlock(long word, long length) {
        int state = OwnershipWord.state(word);
        blocks++;
        blocksInState[state]++;
        sealedBytes += state == OwnershipWord.SEALED ? length : 0;
    }

    public SizeClassStatistics statistics() {
        return new SizeClassStatistics(
                blockBytes,
                slabs,
                blocks,
                blocksInState[OwnershipWord.FREE],
                blocksInState[OwnershipWord.UNBACKED],
                blocksInState[OwnershipWord.BUILDING],
                blocksInState[OwnershipWord.SEALED],
                blocksInState[OwnershipWord.MUTABLE] + blocksInState[OwnershipWord.ORPHAN],
                sealedBytes,
                bytesBacked);
    }
}
