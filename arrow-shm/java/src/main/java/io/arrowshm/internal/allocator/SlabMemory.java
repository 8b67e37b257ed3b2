package io.arrowshm.internal.allocator;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.memory.FileMemory;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.registry.Ownership;
import java.util.ArrayList;
import java.util.BitSet;
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
    private final SlotSource source;
    private long bytesLeft;

    /** Reads what the files take, and finishes what killed predecessors have begun. */
    SlabMemory(SlabTable table, Ownership ownership, long budget) {
        this.table = table;
        this.ownership = ownership;
        source = new SlotSource(table, ownership);
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
     * Makes a file that somebody else wrote a slab of one block, which the caller's participant is building. The file is
     * moved by the last step but one: whoever dies before that leaves it as it was, and a slab of one unbacked slot.
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
        int[] slots = takeSlots(NO_CLASS, 1);
        if (slots.length == 0) {
            return null;
        }
        Slab slab = table.next(blockBytes, slots);
        slab.createFile();
        add(slab);
        FileMemory.backBeyondEnd(file, bytes);
        FaultPoint.ADOPTED_FILE_WHERE_IT_WAS.reached();
        FileMemory.move(file, slab.file().path());
        FaultPoint.ADOPTING.reached();
        FileMemory.setLength(slab.file().path(), bytes);
        bytesLeft -= bytes;
        ownership.adopt(slots[0]);
        return table.block(slots[0]);
    }

    private boolean back(long blockBytes, int most) {
        int backed = 0;
        for (Slab slab : table.slabs(blockBytes)) {
            int[] given = backed < most ? giveMemory(slab, most - backed) : new int[0];
            free(given);
            backed += given.length;
        }
        return backed > 0 || addSlab(blockBytes, most);
    }

    private boolean addSlab(long blockBytes, int most) {
        if (bytesLeft < Slab.pageBytes(1, blockBytes)) {
            return false;
        }
        int[] slots = takeSlots(blockBytes, most);
        if (slots.length == 0) {
            return false;
        }
        Slab slab = table.next(blockBytes, slots);
        slab.createFile();
        int[] given;
        try {
            given = giveMemory(slab, most);
        } catch (SharedMemoryException e) {
            PrivateFiles.delete(slab.file().path());
            throw e;
        }
        add(slab);
        free(given);
        return true;
    }

    private int[] takeSlots(long exceptOfBlockBytes, int most) {
        int[] slots = source.unbacked(most);
        if (slots.length > 0) {
            return slots;
        }
        Slab from = source.mostFree(exceptOfBlockBytes);
        if (from == null) {
            return slots;
        }
        long taken = from.file().status().bytesTaken();
        slots = source.unbackFree(from, most);
        FaultPoint.SLOTS_TAKEN.reached();
        punch(from);
        bytesLeft += taken - from.file().status().bytesTaken();
        return slots;
    }

    /** Moves the slots of a slab into it, and deletes the files that they were the last to leave. */
    private void add(Slab slab) {
        FaultPoint.SLAB_FILE_WITHOUT_ENTRY.reached();
        table.add(slab);
        FaultPoint.SLAB_ENTRY_WITHOUT_FREE_SLOTS.reached();
        table.deleteUnlisted();
    }

    /** Gives the first unbacked slots of a slab memory, as many as the budget and the file system allow. */
    private int[] giveMemory(Slab slab, int most) {
        int wanted = most;
        while (true) {
            BitSet before = slab.pages(this::hasMemory);
            BitSet pages = (BitSet) before.clone();
            int[] slots = slab.firstSlots(ownership::isUnbacked, wanted, bytesLeft / Memory.PAGE_BYTES, pages);
            pages.andNot(before);
            try {
                slab.back(pages);
                bytesLeft -= Slab.bytes(pages.cardinality());
                return slots;
            } catch (SharedMemoryException e) {
                punch(slab);
                if (e.kind() != Kind.FULL || slots.length == 1) {
                    throw e;
                }
                wanted = slots.length / 2;
            }
        }
    }

    private void free(int[] backed) {
        if (backed.length > 0) {
            FaultPoint.BACKED_NOT_FREE.reached();
        }
        for (int slot : backed) {
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
                (slab.slots().allMatch(ownership::isUnused) ? idle : inUse).add(new Trimmable(slab, bytes));
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
        long taken = slab.file().status().bytesTaken();
        BitSet kept = slab.pages(slot -> !ownership.isUnused(slot));
        slab.slotsBeyond(kept).filter(ownership::isUnused).forEach(ownership::unback);
        FaultPoint.UNBACKED_WITH_MEMORY.reached();
        punch(slab);
        FaultPoint.PUNCHED.reached();
        return taken - slab.file().status().bytesTaken();
    }

    /** Takes memory that unbacked slots still have since somebody died, and returns what the slab takes then. */
    private long finish(Slab slab) {
        long taken = slab.file().status().bytesTaken();
        if (taken <= Slab.bytes(slab.pages(this::hasMemory).cardinality())) {
            return taken;
        }
        punch(slab);
        return slab.file().status().bytesTaken();
    }

    private void punch(Slab slab) {
        slab.punchAllBut(slab.pages(this::hasMemory));
    }

    private long bytesToTrim(Slab slab) {
        return Slab.bytes(slab.pages(this::hasMemory).cardinality()
                - slab.pages(slot -> !ownership.isUnused(slot)).cardinality());
    }

    private boolean hasMemory(int slot) {
        return !ownership.isUnbacked(slot);
    }

    private record Trimmable(Slab slab, long bytes) {}
}
