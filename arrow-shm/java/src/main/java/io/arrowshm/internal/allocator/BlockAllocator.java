package io.arrowshm.internal.allocator;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.Place;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.ByteLock;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.registry.Hints;
import io.arrowshm.internal.registry.Ownership;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Gives out blocks: a free one of the smallest size that fits, the lowest first so that few and warm pages are used; else
 * one that is given memory, of the budget while it lasts, then of free blocks of other sizes. While memory would have to
 * be taken from others, free blocks up to twice the size stand in, within bounds. No system call while free blocks serve.
 * Any thread.
 */
public final class BlockAllocator implements AutoCloseable {
    // A slab is about this share of the budget, so that a pool of any size has some hundred mappings, not 65,536.
    private static final int SLABS_PER_BUDGET = 256;
    // And at most this share of the slots, so that no slab of small blocks takes too many of them.
    private static final int SLABS_PER_SLOTS = 64;
    private static final long LARGEST_SHARED_SLAB = 64L << 20;
    private static final int LARGEST_STAND_IN = 2;
    private static final Duration CREATION_TIMEOUT = Duration.ofSeconds(10);
    static final int CREATION_LOCK = 0;
    private static final String NO_SLOT = "no slot is left: give the pool more slots";

    private final SafePath directory;
    private final long budget;
    private final Ownership ownership;
    private final Hints hints;
    private final SlabTable table;
    private final ByteLocks locks;
    private final StandIns standIns;
    private final ByteLock creation;
    // As seen last under the lock.
    private volatile long budgetLeft = Long.MAX_VALUE;

    /**
     * @param directory of the pool
     * @param budget bytes that all slabs together may take
     */
    public BlockAllocator(SafePath directory, long budget, Ownership ownership) {
        this.directory = directory;
        this.budget = budget & -Memory.PAGE_BYTES;
        this.ownership = ownership;
        hints = ownership.slots().hints();
        table = new SlabTable(directory, ownership.slots().count());
        locks = new ByteLocks(tableFile(directory));
        creation = new ByteLock(locks, CREATION_LOCK);
        standIns = new StandIns(ownership, budget);
    }

    /** Makes the slab directory of a pool that is being built. */
    public static void create(SafePath poolDirectory, int slots) throws IOException {
        PrivateFiles.createDirectory(poolDirectory.resolve(PoolFiles.SLABS));
        MappedFile.create(tableFile(poolDirectory), Places.bytes(slots));
    }

    /**
     * Allocates a block for a segment of at least so many bytes; the caller's participant is building it.
     *
     * @throws SharedMemoryException FULL if no free block is large enough and the budget, the slots or the file system
     *     have no room
     */
    public Block allocate(long bytes) {
        long blockBytes = SizeClasses.blockBytes(bytes);
        if (Slab.pageBytes(1, blockBytes) > budget) {
            throw full(bytes, blockBytes, "no segment of this pool can be that large");
        }
        Block block = takeFree(blockBytes);
        if (block == null && budgetLeft < blockBytes) {
            block = takeStandIn(blockBytes);
        }
        if (block == null && !table.hasUnbackedSlot(ownership)) {
            block = takeLarger(blockBytes);
        }
        return block == null ? allocateUnderLock(bytes, blockBytes) : block;
    }

    /**
     * Makes a file on the pool's file system a block of the pool, in place; the caller's participant is building it. The
     * file is gone from where it was; whoever wrote it must not write it any more.
     *
     * @throws SharedMemoryException FULL if the budget, the slots or the file system have no room: then the file stays
     */
    public Block adopt(SafePath file, long bytes) {
        long blockBytes = SizeClasses.blockBytes(bytes);
        lockCreation();
        try {
            table.refresh();
            SlabMemory memory = new SlabMemory(table, ownership, budget);
            Block block = memory.adopt(file, blockBytes);
            budgetLeft = memory.bytesLeft();
            if (block == null) {
                throw full(bytes, blockBytes, "what is free is not enough to adopt a file");
            }
            return block;
        } finally {
            creation.release();
        }
    }

    /** @throws SharedMemoryException STALE_REFERENCE if there is no such slot */
    public void checkSlot(int slot) {
        table.checkSlot(slot);
    }

    /** The memory of a slot that this process holds by one handle, which is released if this fails. */
    public Block block(int slot) {
        return heldBlock(slot);
    }

    /** The file that the block of a slot lies in which this process holds. */
    public Path file(int slot) {
        return table.slabOf(slot).file().path().shown();
    }

    /** Where in its file the block of a slot begins which this process holds, in bytes. */
    public long offsetInFile(int slot) {
        return table.offset(slot);
    }

    /** One past the highest slot that was ever given a block. */
    public int slotsInUse() {
        return table.slotsInUse();
    }

    /** What is counted of every size class that has slabs, the smallest blocks first. */
    public List<SizeClassCounter> statistics() {
        table.refresh();
        return table.slabsByClass().stream()
                .map(slabs -> SizeClassCounter.of(slabs, ownership))
                .toList();
    }

    /** Deletes the files of slabs whose creators died before they existed, unless somebody is just creating one. */
    public void deleteUnlistedSlabs() {
        if (creation.tryTake()) {
            try {
                table.refresh();
                table.deleteUnlisted();
            } finally {
                creation.release();
            }
        }
    }

    @Override
    public void close() {
        table.close();
        locks.close();
    }

    private Block allocateUnderLock(long bytes, long blockBytes) {
        Block block = null;
        SharedMemoryException problem = null;
        try {
            block = takeProvided(bytes, blockBytes);
        } catch (SharedMemoryException e) {
            // The file system is full, or somebody is stuck in there: a larger block may still be free.
            problem = e;
        }
        if (block == null) {
            block = takeLarger(blockBytes);
        }
        if (block == null) {
            // Hints that somebody lost by dying come back before the pool is called full.
            repairHints();
            block = takeFree(blockBytes);
        }
        if (block == null) {
            block = takeLarger(blockBytes);
        }
        if (block == null) {
            throw problem != null ? problem : full(bytes, blockBytes, "every block that is large enough is in use");
        }
        return block;
    }

    private @Nullable Block takeProvided(long bytes, long blockBytes) {
        long deadline = System.nanoTime() + CREATION_TIMEOUT.toNanos();
        lockCreation();
        try {
            table.refresh();
            Block block = takeFree(blockBytes);
            if (block != null) {
                return block;
            }
            SlabMemory memory = new SlabMemory(table, ownership, budget);
            boolean provided;
            do {
                if (unusedSlots().findAny().isEmpty()) {
                    throw full(bytes, blockBytes, NO_SLOT);
                }
                try {
                    provided = memory.provide(blockBytes, blocksPerSlab(blockBytes));
                } finally {
                    budgetLeft = memory.bytesLeft();
                }
                block = takeFree(blockBytes);
                // Others may have been faster and have taken all of it.
            } while (block == null && provided && System.nanoTime() - deadline < 0);
            return block;
        } finally {
            creation.release();
        }
    }

    private @Nullable Block takeFree(long blockBytes) {
        return takeFree(table.slabs(blockBytes));
    }

    private @Nullable Block takeLarger(long blockBytes) {
        for (List<Slab> slabs : table.slabsAbove(blockBytes, Long.MAX_VALUE)) {
            Block block = takeFree(slabs);
            if (block != null) {
                return block;
            }
        }
        return null;
    }

    private @Nullable Block takeStandIn(long blockBytes) {
        for (List<Slab> slabs : table.slabsAbove(blockBytes, LARGEST_STAND_IN * blockBytes)) {
            long bytesUnused = slabs.get(0).blockBytes() - blockBytes;
            Block block = standIns.hasRoom(bytesUnused) ? takeFree(slabs) : null;
            if (block != null) {
                standIns.add(block.slot(), bytesUnused);
                return block;
            }
        }
        return null;
    }

    private @Nullable Block takeFree(List<Slab> slabs) {
        for (Slab slab : slabs) {
            Block block = takeFree(slab);
            if (block != null) {
                return block;
            }
        }
        return null;
    }

    private @Nullable Block takeFree(Slab slab) {
        int slot = slab.takeHint(hints);
        while (slot >= 0) {
            if (ownership.tryAllocate(slot)) {
                Block block = heldBlock(slot);
                if (block.bytes() == slab.blockBytes()) {
                    return block;
                }
                // It has left the slab since this process looked, and others may have: they are for another size now.
                ownership.release(slot);
                table.refresh();
                return null;
            }
            slot = slab.takeHint(hints);
        }
        return null;
    }

    /** Only from the hold on is it known where the block lies. */
    private Block heldBlock(int slot) {
        try {
            return table.block(slot);
        } catch (RuntimeException e) {
            ownership.release(slot);
            throw e;
        }
    }

    private int blocksPerSlab(long blockBytes) {
        long bytes = Math.min(budget / SLABS_PER_BUDGET, LARGEST_SHARED_SLAB);
        return (int) Math.max(1, Math.min(bytes / blockBytes, mostSlotsPerSlab()));
    }

    private long mostSlotsPerSlab() {
        return Math.min(ownership.slots().count() / SLABS_PER_SLOTS, Place.MAX_BLOCKS);
    }

    private void repairHints() {
        table.refresh();
        for (int slot = 0; slot < table.slotsInUse(); slot++) {
            ownership.slots().repairHint(slot);
        }
    }

    private void lockCreation() {
        if (!creation.take(CREATION_TIMEOUT)) {
            throw new SharedMemoryException(
                    Kind.FULL,
                    "somebody else has been creating a slab in " + directory + " for more than "
                            + CREATION_TIMEOUT.toSeconds() + " s, and no block that is large enough is free");
        }
    }

    private SharedMemoryException full(long bytes, long blockBytes, String why) {
        return new SharedMemoryException(
                Kind.FULL,
                String.format(
                        Locale.ROOT,
                        "the pool %s is full: wanted %,d bytes (a block of %,d), budget %,d of which %,d are in no slab,"
                                + " slots %,d of which %,d are free: %s; release segments or make a larger pool",
                        directory,
                        bytes,
                        blockBytes,
                        budget,
                        Math.min(budget, budgetLeft),
                        ownership.slots().count(),
                        unusedSlots().count(),
                        why));
    }

    /** Whether they have memory or not, each can serve any size. */
    private IntStream unusedSlots() {
        return IntStream.range(0, ownership.slots().count()).filter(ownership::isUnused);
    }

    private static SafePath tableFile(SafePath poolDirectory) {
        return poolDirectory.resolve(PoolFiles.SLABS).resolve(PoolFiles.SLAB_TABLE);
    }
}
