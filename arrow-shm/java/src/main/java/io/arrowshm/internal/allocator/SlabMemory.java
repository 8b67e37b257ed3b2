package io.arrowshm.internal.allocator;

import static io.arrowshm.internal.layout.OwnershipWord.FREE;
import static io.arrowshm.internal.layout.OwnershipWord.UNBACKED;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.allocator.Slab.Run;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.memory.FileMemory;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.registry.Ownership;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives slots memory and takes it away, within the budget. One visit under the creation lock, whose holder may die at any
 * instruction: so a slot is unbacked before its memory is taken, has all its memory before it is free, and what is in
 * use is read from the files.
 */
final class SlabMemory {
    private static final long NO_CLASS = 0;

    private final SlabTable table;
    private final Ownership ownership;
    private long bytesLeft;

    /** Reads what the files take, and finishes what killed predecessors have begun. */
    SlabMemory(SlabTable table, Ownership ownership, long budget) {
        this.table = table;
        this.ownership = ownership;
        table.deleteUnlisted();
        bytesLeft = budget;
        for (Slab slab : table.slabs()) {
            bytesLeft -= finish(slab);
        }
    }

    /** Bytes of the budget that no file takes. */
    long bytesLeft() {
        return bytesLeft;
    }

    /**
     * Makes blocks of a size class free: with memory of the budget, else with memory that free blocks of other classes
     * give up.
     *
     * @param most blocks, at least 1
     * @return whether there are any
     * @throws SharedMemoryException FULL if the file system has no room, and no free block has memory to give up
     */
    boolean provide(long blockBytes, int most) {
        SharedMemoryException noRoom = null;
        try {
            if (back(blockBytes, most)) {
                return true;
            }
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.FULL) {
                throw e;
            }
            noRoom = e;
        }
        long bytesThere = noRoom == null ? bytesLeft : 0;
        boolean trimmed = trim(
                blockBytes, Slab.pageBytes(1, blockBytes) - bytesThere, Slab.pageBytes(most, blockBytes) - bytesThere);
        if (noRoom != null && !trimmed) {
            throw noRoom;
        }
        return trimmed && back(blockBytes, most);
    }

    /**
     * Makes a file that somebody else wrote a slab of one block, which the caller's participant is building.
     *
     * @return the block, or null if the budget has no room for it, or no slot is left
     * @throws SharedMemoryException FULL if the file system has no room for the rest of the block; the file stays as it is
     */
    @Nullable
    Block adopt(SafePath file, long blockBytes) {
        long bytes = Slab.pageBytes(1, blockBytes);
        if (bytesLeft < bytes) {
            trim(NO_CLASS, bytes - bytesLeft, bytes - bytesLeft);
        }
        if (bytesLeft < bytes) {
            return null;
        }
        Slab slab = slabFor(blockBytes);
        if (slab == null) {
            return null;
        }
        FileMemory.extend(file, bytes);
        if (slab.firstSlot() == table.slotsInUse()) {
            FileMemory.move(file, slab.file().path());
            FaultPoint.SLAB_FILE_WITHOUT_ENTRY.reached();
            table.add(slab);
        } else {
            slab.file().replaceBy(file);
        }
        FaultPoint.ADOPTING.reached();
        bytesLeft -= bytes;
        ownership.adopt(slab.firstSlot());
        return slab.block(slab.firstSlot());
    }

    /** A slab of one block whose file nobody needs any more, else the next one, null if no slot is left. */
    private @Nullable Slab slabFor(long blockBytes) {
        for (Slab slab : table.slabs(blockBytes)) {
            if (slab.blockCount() == 1 && isFreeOrUnbacked(slab.firstSlot()) && ownership.unback(slab.firstSlot())) {
                bytesLeft += slab.bytesTaken();
                return slab;
            }
        }
        return table.slotsInUse() < ownership.slots().count() ? table.next(blockBytes, 1) : null;
    }

    private boolean back(long blockBytes, int most) {
        int backed = 0;
        for (Slab slab : table.slabs(blockBytes)) {
            for (Run unbacked : slab.runs(ownership::isUnbacked)) {
                Run given = giveMemory(slab, unbacked, most - backed);
                if (given.end() > given.first()) {
                    free(given);
                    backed += given.end() - given.first();
                }
            }
        }
        return backed > 0 || addSlab(blockBytes, most);
    }

    private boolean addSlab(long blockBytes, int most) {
        int slotsLeft = ownership.slots().count() - table.slotsInUse();
        if (slotsLeft == 0 || bytesLeft < Slab.pageBytes(1, blockBytes)) {
            return false;
        }
        Slab slab = table.next(blockBytes, Math.min(most, slotsLeft));
        slab.createFile();
        Run given;
        try {
            given = giveMemory(slab, slab.all(), most);
        } catch (SharedMemoryException e) {
            slab.deleteFile();
            throw e;
        }
        FaultPoint.SLAB_FILE_WITHOUT_ENTRY.reached();
        table.add(slab);
        FaultPoint.SLAB_ENTRY_WITHOUT_FREE_SLOTS.reached();
        free(given);
        return true;
    }

    /** Gives the first slots of an unbacked run memory, as many as the budget and the file system allow. */
    private Run giveMemory(Slab slab, Run unbacked, int most) {
        int blocks = Math.min(unbacked.end() - unbacked.first(), most);
        while (blocks > 0 && slab.bytesToBack(unbacked, unbacked.first() + blocks) > bytesLeft) {
            blocks--;
        }
        while (blocks > 0) {
            Run backed = new Run(unbacked.first(), unbacked.first() + blocks);
            try {
                slab.back(backed);
                bytesLeft -= slab.bytesToBack(unbacked, backed.end());
                return backed;
            } catch (SharedMemoryException e) {
                punch(slab);
                if (e.kind() != Kind.FULL || blocks == 1) {
                    throw e;
                }
                blocks /= 2;
            }
        }
        return new Run(unbacked.first(), unbacked.first());
    }

    private void free(Run backed) {
        FaultPoint.BACKED_NOT_FREE.reached();
        for (int slot = backed.first(); slot < backed.end(); slot++) {
            ownership.back(slot);
        }
    }

    /** Takes memory of other size classes: as much as is wanted where nobody uses the slab, else only what is needed. */
    private boolean trim(long blockBytes, long bytesNeeded, long bytesWanted) {
        List<Trimmable> idle = new ArrayList<>();
        List<Trimmable> inUse = new ArrayList<>();
        for (Slab slab : table.slabs()) {
            long bytes = slab.blockBytes() == blockBytes ? 0 : bytesToTrim(slab);
            if (bytes > 0) {
                (isIdle(slab) ? idle : inUse).add(new Trimmable(slab, bytes));
            }
        }
        long trimmed = trim(idle, bytesWanted);
        return trimmed + trim(inUse, bytesNeeded - trimmed) > 0;
    }

    /** The smallest that suffices, else the largest first: so that little warm memory is lost. */
    private long trim(List<Trimmable> from, long bytesWanted) {
        from.sort(Comparator.comparingLong(Trimmable::bytes));
        long trimmed = 0;
        while (trimmed < bytesWanted && !from.isEmpty()) {
            int next = 0;
            while (next < from.size() - 1 && from.get(next).bytes < bytesWanted - trimmed) {
                next++;
            }
            trimmed += trim(from.remove(next).slab);
        }
        bytesLeft += trimmed;
        return trimmed;
    }

    private long trim(Slab slab) {
        long taken = slab.bytesTaken();
        for (Run run : slab.runs(this::isFreeOrUnbacked)) {
            Run trimmed = slab.onOwnPages(run);
            for (int slot = trimmed.first(); slot < trimmed.end(); slot++) {
                ownership.unback(slot);
            }
        }
        FaultPoint.UNBACKED_WITH_MEMORY.reached();
        punch(slab);
        FaultPoint.PUNCHED.reached();
        return taken - slab.bytesTaken();
    }

    /** Takes memory that unbacked slots still have since somebody died, and returns what the slab takes then. */
    private long finish(Slab slab) {
        long taken = slab.bytesTaken();
        List<Run> unbacked = slab.runs(ownership::isUnbacked);
        long holes = unbacked.stream().mapToLong(slab::ownPageBytes).sum();
        if (taken <= Slab.pageBytes(slab.blockCount(), slab.blockBytes()) - holes) {
            return taken;
        }
        for (Run run : unbacked) {
            for (int slot = run.first(); slot < run.end(); slot++) {
                ownership.unback(slot);
            }
        }
        punch(slab);
        return slab.bytesTaken();
    }

    private void punch(Slab slab) {
        slab.runs(ownership::isUnbacked).forEach(slab::punch);
    }

    private long bytesToTrim(Slab slab) {
        long without = slab.runs(ownership::isUnbacked).stream()
                .mapToLong(slab::ownPageBytes)
                .sum();
        return slab.runs(this::isFreeOrUnbacked).stream()
                        .mapToLong(slab::ownPageBytes)
                        .sum()
                - without;
    }

    private boolean isIdle(Slab slab) {
        List<Run> runs = slab.runs(this::isFreeOrUnbacked);
        return runs.size() == 1 && runs.get(0).equals(slab.all());
    }

    private boolean isFreeOrUnbacked(int slot) {
        int state = OwnershipWord.state(ownership.slots().word(slot));
        return state == FREE || state == UNBACKED;
    }

    private record Trimmable(Slab slab, long bytes) {}
}
