package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.allocator.Block;
import io.arrowshm.internal.directory.PoolDescription;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.SlotRecord;
import io.arrowshm.internal.memory.Checksum;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A segment in a pool that this process holds. */
public final class PooledMemory implements SegmentMemory {
    private final PoolCore core;
    private final int slot;
    private final long generation;
    private final long address;
    private final long length;

    PooledMemory(PoolCore core, Block block, long length) {
        this.core = core;
        this.slot = block.slot();
        this.generation = core.slots().generation(slot);
        this.address = block.address();
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
        core.ownership().retain(slot);
    }

    /** @throws SharedMemoryException CORRUPT, after the release, if the pool has checksums and this one is wrong */
    @Override
    public void release() {
        String damage = core.description().checksums() && core.ownership().isLastHandle(slot) ? damage() : null;
        core.ownership().release(slot);
        if (damage != null) {
            throw new SharedMemoryException(Kind.CORRUPT, damage);
        }
    }

    @Override
    public PooledMemory pooled() {
        return this;
    }

    @Override
    public String describe() {
        return "segment " + PoolDescription.hex(poolId()) + "/" + slot + "/" + generation;
    }

    public long poolId() {
        return core.id();
    }

    /** Whether it can be written. */
    public boolean isMutable() {
        return OwnershipWord.state(core.slots().word(slot)) == OwnershipWord.MUTABLE;
    }

    void seal() {
        core.seal(slot, address, length);
    }

    public int slot() {
        return slot;
    }

    public long generation() {
        return generation;
    }

    /** False if the word has no place for one more reference of this epoch. */
    boolean trySend(int epoch) {
        return core.ownership().trySend(slot, epoch);
    }

    /** Lets runtimes that are no JVMs read it, and returns the generation that they are to find. */
    public long lend() {
        return core.ownership().lend(slot);
    }

    /** The file of the slab that it lies in. */
    public Path file() {
        return core.allocator().file(slot);
    }

    /** In bytes, from the start of that file. */
    public long offsetInFile() {
        return core.allocator().offsetInFile(slot);
    }

    public Path poolDirectory() {
        return core.directory();
    }

    private @Nullable String damage() {
        long word = core.slots().word(slot);
        long expected = core.slots().checksum(slot);
        if (OwnershipWord.state(word) != OwnershipWord.SEALED || expected == SlotRecord.NO_CHECKSUM) {
            return null;
        }
        long actual = Checksum.crc32c(address, length);
        if (actual == expected) {
            return null;
        }
        List<String> readers = core.slots().holders(slot).stream()
                .map(core.participants()::describe)
                .toList();
        return String.format(
                "%s was overwritten after it was sealed: CRC-32C %08x when it was sealed, %08x now; written by process %d,"
                        + " held now by %s; who writes through addresses or has it mapped for writing?",
                describe(), expected, actual, core.slots().creatorProcessId(slot), readers);
    }
}
