package io.arrowshm.internal.allocator;

import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.layout.SlabRecord;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The slab table of a pool as it stands, for those who look at a pool from outside: nothing in it is believed, no slab
 * is mapped. Any thread.
 */
public final class SlabEntries implements AutoCloseable {
    private final SafePath directory;
    private final MappedFile records;
    private final ByteLocks locks;
    private final int slots;

    public SlabEntries(SafePath poolDirectory, int slots) {
        this.slots = slots;
        directory = poolDirectory.resolve(PoolFiles.SLABS);
        SafePath file = directory.resolve(PoolFiles.SLAB_TABLE);
        records = MappedFile.map(file, tableBytes(slots));
        locks = new ByteLocks(file);
    }

    /**
     * One record.
     *
     * @param file of the slab
     * @param blockBytes of each block
     * @param firstSlot of its blocks
     * @param blockCount number of blocks
     */
    public record Entry(SafePath file, long blockBytes, long firstSlot, long blockCount) {
        /** One past the last slot. */
        public long endSlot() {
            return firstSlot + blockCount;
        }

        /** Its slots, of those that a pool of so many has. */
        public IntStream slots(int count) {
            return IntStream.range(within(count, firstSlot), within(count, endSlot()));
        }

        private static int within(int count, long slot) {
            return (int) Math.max(0, Math.min(slot, count));
        }

        /** Whether blocks can have that size. */
        public boolean hasSizeClass() {
            return blockBytes > 0 && SizeClasses.blockBytes(blockBytes) == blockBytes;
        }

        /** Bytes of its file: whole pages. */
        public long fileBytes() {
            return Slab.pageBytes(blockCount, blockBytes);
        }

        /** Bytes of the pages that blocks which have memory lie on; a page has memory unless all its blocks are unbacked. */
        public long backedBytes(IntPredicate isUnbacked) {
            long bytes = 0;
            long counted = 0;
            for (int slot = (int) firstSlot; slot < endSlot(); slot++) {
                if (!isUnbacked.test(slot)) {
                    long from = Math.max(counted, offset(slot) & -Memory.PAGE_BYTES);
                    counted = Slab.pageBytes(slot + 1 - firstSlot, blockBytes);
                    bytes += Math.max(0, counted - from);
                }
            }
            return bytes;
        }

        /** Where the block of a slot begins in the file. */
        public long offset(int slot) {
            return (slot - firstSlot) * blockBytes;
        }
    }

    /** Bytes of the table's file. */
    public static long tableBytes(int slots) {
        return SlabTable.bytes(slots);
    }

    /** The records up to the first that is empty. */
    public List<Entry> read() {
        List<Entry> entries = new ArrayList<>();
        for (int index = 0; index < slots; index++) {
            long address = records.address() + (long) index * SlabRecord.BYTES;
            long blockBytes = Memory.getLongVolatile(address + SlabRecord.BLOCK_BYTES);
            if (blockBytes == 0) {
                break;
            }
            entries.add(new Entry(
                    SlabFile.path(directory, index, Memory.getLong(address + SlabRecord.VERSION)),
                    blockBytes,
                    Memory.getLong(address + SlabRecord.FIRST_SLOT),
                    Memory.getLong(address + SlabRecord.BLOCK_COUNT)));
        }
        return entries;
    }

    /** One past the highest slot that has a slab. */
    public int slotsInUse() {
        return (int) read().stream()
                .mapToLong(Entry::endSlot)
                .filter(end -> end >= 0 && end <= slots)
                .max()
                .orElse(0);
    }

    /** Files that no record names and nobody is just making: somebody died before the slab existed. */
    public List<SafePath> unlistedFiles() {
        Set<SafePath> files = SlabFile.all(directory);
        // In this order: the process that made one of the files has listed it before it gave the lock back.
        if (locks.isLockedElsewhere(BlockAllocator.CREATION_LOCK)) {
            return List.of();
        }
        read().forEach(entry -> files.remove(entry.file()));
        return List.copyOf(files);
    }

    /** Deletes {@link #unlistedFiles()}, unless somebody is creating a slab; returns how many. */
    public int deleteUnlistedFiles() {
        if (!locks.tryLock(BlockAllocator.CREATION_LOCK)) {
            return 0;
        }
        try {
            int deleted = 0;
            // The lock is our own, so it is not seen as somebody else's.
            for (SafePath file : unlistedFiles()) {
                deleted += PrivateFiles.delete(file) ? 1 : 0;
            }
            return deleted;
        } finally {
            locks.unlock(BlockAllocator.CREATION_LOCK);
        }
    }

    @Override
    public void close() {
        records.close();
        locks.close();
    }
}
