package io.arrowshm.inspect;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.allocator.SlabEntries;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.SafePath;
import java.util.List;

/** Slab records, slab files and the budget. */
final class SlabCheck implements Check {
    @Override
    public void look(PoolView pool, Violations found) {
        for (SafePath file : pool.slabs.unlistedFiles()) {
            if (mayBeOfTheDead(pool, file)) {
                continue;
            }
            found.add(
                    Invariant.UNLISTED_SLAB,
                    "slabs/" + file.name(),
                    "no record names it and nobody is creating a slab");
        }
        long bytesTaken = 0;
        long expected = 0;
        List<SlabEntries.Entry> slabs = pool.slabs.read();
        for (int index = 0; index < slabs.size(); index++) {
            SlabEntries.Entry slab = slabs.get(index);
            String where = "slab " + index;
            boolean follows = slab.firstSlot() == expected
                    && slab.blockCount() > 0
                    && slab.blockCount() <= pool.slots.count() - expected;
            found.addUnless(
                    follows,
                    Invariant.SLAB_RECORD,
                    where,
                    "it has " + slab.blockCount() + " slots from " + slab.firstSlot() + ", the slab before ends at "
                            + expected + " and the pool has " + pool.slots.count() + " slots");
            found.addUnless(
                    slab.hasSizeClass(),
                    Invariant.SLAB_RECORD,
                    where,
                    slab.blockBytes() + " bytes are no size of blocks");
            if (!follows || !slab.hasSizeClass()) {
                // What the next ones have follows from this one.
                return;
            }
            expected = slab.endSlot();
            bytesTaken += checkFile(pool, slab, where, found);
        }
        found.addUnless(
                bytesTaken <= pool.description.sizeBytes(),
                Invariant.BUDGET,
                "slabs",
                "their files take " + bytesTaken + " bytes, the pool's size is " + pool.description.sizeBytes());
    }

    /** A process that died while it made or replaced a slab's file is still to be swept, and the file with it. */
    private static boolean mayBeOfTheDead(PoolView pool, SafePath file) {
        String name = file.name();
        String next = Integer.toString(pool.slabs.read().size());
        return pool.participants.hasDead() && (name.equals(next) || name.indexOf('.') > 0);
    }

    /** Returns what the file takes. */
    private static long checkFile(PoolView pool, SlabEntries.Entry slab, String where, Violations found) {
        // First: memory is taken only from what is unbacked already.
        long backed = slab.backedBytes(slot -> OwnershipWord.state(pool.slots.word(slot)) == OwnershipWord.UNBACKED);
        try {
            FileStatus status = FileStatus.of(slab.file());
            long bytes = slab.fileBytes();
            found.addUnless(
                    status.bytes() == bytes,
                    Invariant.SLAB_FILE,
                    where,
                    "its file has " + status.bytes() + " bytes, its blocks have " + bytes);
            found.addUnless(
                    status.bytesTaken() >= backed,
                    Invariant.SLAB_FILE,
                    where,
                    "its file has memory for " + status.bytesTaken() + " bytes, its blocks that are not unbacked need "
                            + backed);
            return status.bytesTaken();
        } catch (SharedMemoryException e) {
            found.add(Invariant.SLAB_FILE, where, e.getMessage());
            return 0;
        }
    }
}
