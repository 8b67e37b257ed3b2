package io.arrowshm.internal.allocator;

import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.registry.Ownership;
import java.util.List;

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

    static SizeClassCounter of(List<Slab> slabs, Ownership ownership) {
        SizeClassCounter counter = new SizeClassCounter(slabs.get(0).blockBytes());
        for (Slab slab : slabs) {
            counter.addSlab(slab.file().bytesTakenIfThere());
            slab.slots()
                    .forEach(slot -> counter.addBlock(
                            ownership.slots().word(slot), ownership.slots().length(slot)));
        }
        return counter;
    }

    /** What was counted, as the record that users see, which nothing below them knows. */
    public <T> T to(Result<T> result) {
        return result.of(
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

    /** The constructor of a record of what was counted. */
    @FunctionalInterface
    public interface Result<T> {
        T of(
                long blockBytes,
                int slabs,
                int blocks,
                int free,
                int unbacked,
                int building,
                int sealed,
                int mutable,
                long sealedBytes,
                long bytesBacked);
    }
}
