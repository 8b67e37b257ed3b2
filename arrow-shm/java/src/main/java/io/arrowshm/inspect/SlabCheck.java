package io.arrowshm.inspect;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.allocator.SlabEntries;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.SafePath;

/** Where slots lie, slab files and the budget. */
final class SlabCheck implements Check {
    @Override
    public void look(PoolView pool, Violations found) {
        // A process that died while it made a slab, or moved slots to it, is still to be swept, and the file with it.
        for (SafePath file : pool.slabs.unlistedFiles()) {
            found.addUnless(
                    pool.participants.hasDead() && pool.slabs.isMadeOrNext(file),
                    Invariant.UNLISTED_SLAB,
                    "slabs/" + file.name(),
                    "no slot lies in it and nobody is creating a slab");
        }
        pool.slabs.damage().forEach((slot, what) -> found.add(Invariant.SLAB_RECORD, "slot " + slot, what));
        if (found.has(Invariant.SLAB_RECORD)) {
            return;
        }
        long bytesTaken = 0;
        for (SlabEntries.Entry slab : pool.slabs.read()) {
            bytesTaken += checkFile(pool, slab, "slab " + slab.file().name(), found);
        }
        found.addUnless(
                bytesTaken <= pool.description.sizeBytes(),
                Invariant.BUDGET,
                "slabs",
                "their files take " + bytesTaken + " bytes, the pool's size is " + pool.description.sizeBytes());
    }

    /** Returns what the file takes. */
    private static long checkFile(PoolView pool, SlabEntries.Entry slab, String where, Violations found) {
        // First: memory is taken only from what is unbacked already.
        SlabEntries.Backed backed =
                slab.backed(slot -> OwnershipWord.state(pool.slots.word(slot)) == OwnershipWord.UNBACKED);
        try {
            FileStatus status = FileStatus.of(slab.file());
            found.addUnless(
                    status.bytes() >= backed.length(),
                    Invariant.SLAB_FILE,
                    where,
                    "its file has " + status.bytes() + " bytes, its blocks that are not unbacked need "
                            + backed.length());
            found.addUnless(
                    status.bytesTaken() >= backed.taken(),
                    Invariant.SLAB_FILE,
                    where,
                    "its file has memory for " + status.bytesTaken() + " bytes, its blocks that are not unbacked need "
                            + backed.taken());
            return status.bytesTaken();
        } catch (SharedMemoryException e) {
            found.add(Invariant.SLAB_FILE, where, e.getMessage());
            return 0;
        }
    }
}
