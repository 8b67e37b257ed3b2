package io.arrowshm.internal.allocator;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.layout.SlabRecord;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.registry.Ownership;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The slabs of a pool as this process knows them. Slabs are only ever added, so what was read once stays right; others'
 * new slabs are picked up by {@link #refresh()}. Any thread.
 */
final class SlabTable implements AutoCloseable {
    private final SafePath directory;
    private final MappedFile records;
    private final Slab[] slabOfSlot;
    private volatile List<Slab> slabs = List.of();
    private volatile NavigableMap<Long, List<Slab>> slabsOfClass = new TreeMap<>();

    SlabTable(SafePath poolDirectory, int slots) {
        directory = poolDirectory.resolve(PoolFiles.SLABS);
        records = MappedFile.map(directory.resolve(PoolFiles.SLAB_TABLE), bytes(slots));
        slabOfSlot = new Slab[slots];
        refresh();
    }

    /** At most one slab a slot. */
    static long bytes(int slots) {
        return (long) slots * SlabRecord.BYTES;
    }

    List<Slab> slabs() {
        return slabs;
    }

    /** The slabs with blocks of exactly so many bytes. */
    List<Slab> slabs(long blockBytes) {
        return slabsOfClass.getOrDefault(blockBytes, List.of());
    }

    /** The slabs with blocks of more bytes than that, at most so many, the smallest blocks first. */
    Collection<List<Slab>> slabsAbove(long blockBytes, long most) {
        return slabsOfClass.subMap(blockBytes, false, most, true).values();
    }

    /** The slabs of every size class there is, the smallest blocks first. */
    Collection<List<Slab>> slabsByClass() {
        return slabsOfClass.values();
    }

    /** Whether a slot of the size class has no memory, or the class could get one more. */
    boolean hasUnusedSlot(long blockBytes, Ownership ownership) {
        if (slotsInUse() < slabOfSlot.length) {
            return true;
        }
        for (Slab slab : slabs(blockBytes)) {
            for (int slot = slab.firstSlot(); slot < slab.endSlot(); slot++) {
                if (ownership.isUnbacked(slot)) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Deletes the files of slabs whose creators died before they existed, and files that were replaced; the caller has the
     * creation lock and has refreshed.
     */
    void deleteUnlisted() {
        Set<SafePath> files = SlabFile.all(directory);
        slabs.forEach(slab -> files.remove(slab.file().path()));
        files.forEach(PrivateFiles::delete);
    }

    /** One past the highest slot that has a slab. */
    int slotsInUse() {
        List<Slab> known = slabs;
        return known.isEmpty() ? 0 : known.get(known.size() - 1).endSlot();
    }

    /**
     * The slab of a slot.
     *
     * @throws SharedMemoryException STALE_REFERENCE if the slot has none
     */
    Slab slabOf(int slot) {
        if (slot < 0 || slot >= slabOfSlot.length) {
            throw noSuchSlot(slot);
        }
        Slab slab = slabOfSlot[slot];
        if (slab == null) {
            refresh();
            slab = slabOfSlot[slot];
            if (slab == null) {
                throw noSuchSlot(slot);
            }
        }
        return slab;
    }

    /** Picks up the slabs that others have added. */
    synchronized void refresh() {
        List<Slab> known = new ArrayList<>(slabs);
        while (known.size() < slabOfSlot.length) {
            long address = address(known.size());
            long blockBytes = Memory.getLongVolatile(address + SlabRecord.BLOCK_BYTES);
            if (blockBytes == 0) {
                break;
            }
            int firstSlot = (int) Memory.getLong(address + SlabRecord.FIRST_SLOT);
            int blockCount = (int) Memory.getLong(address + SlabRecord.BLOCK_COUNT);
            check(known, blockBytes, firstSlot, blockCount);
            Slab slab = slab(known.size(), blockBytes, firstSlot, blockCount);
            for (int slot = slab.firstSlot(); slot < slab.endSlot(); slot++) {
                slabOfSlot[slot] = slab;
            }
            known.add(slab);
        }
        if (known.size() > slabs.size()) {
            NavigableMap<Long, List<Slab>> byClass = new TreeMap<>();
            known.forEach(slab -> byClass.computeIfAbsent(slab.blockBytes(), size -> new ArrayList<>())
                    .add(slab));
            slabsOfClass = byClass;
            slabs = List.copyOf(known);
        }
    }

    /** A slab that does not exist yet and has no file; the caller has the creation lock and has refreshed. */
    Slab next(long blockBytes, int blockCount) {
        return slab(slabs.size(), blockBytes, slotsInUse(), blockCount);
    }

    /** Makes the next slab exist; it has its file, and all its slots are unbacked. */
    void add(Slab slab) {
        long address = address(slabs.size());
        Memory.putLong(address + SlabRecord.FIRST_SLOT, slab.firstSlot());
        Memory.putLong(address + SlabRecord.BLOCK_COUNT, slab.blockCount());
        Memory.putLongVolatile(address + SlabRecord.BLOCK_BYTES, slab.blockBytes());
        refresh();
    }

    @Override
    public void close() {
        slabs.forEach(slab -> slab.file().unmap());
        records.close();
    }

    /** Wrong numbers would make addresses outside of the slab's file. */
    private void check(List<Slab> known, long blockBytes, int firstSlot, int blockCount) {
        int expectedFirst = known.isEmpty() ? 0 : known.get(known.size() - 1).endSlot();
        if (firstSlot != expectedFirst
                || blockCount <= 0
                || blockCount > slabOfSlot.length - firstSlot
                || blockBytes != SizeClasses.blockBytes(blockBytes)) {
            throw new SharedMemoryException(
                    Kind.CORRUPT,
                    "the slab table in " + directory + " is damaged: slab " + known.size() + " has " + blockCount
                            + " blocks of " + blockBytes + " bytes from slot " + firstSlot + ", expected from slot "
                            + expectedFirst + " of " + slabOfSlot.length);
        }
    }

    private Slab slab(int index, long blockBytes, int firstSlot, int blockCount) {
        SlabFile file = new SlabFile(directory, index, address(index), Slab.pageBytes(blockCount, blockBytes));
        return new Slab(file, blockBytes, firstSlot, blockCount);
    }

    private long address(int index) {
        return records.address() + (long) index * SlabRecord.BYTES;
    }

    private SharedMemoryException noSuchSlot(int slot) {
        return new SharedMemoryException(
                Kind.STALE_REFERENCE, "slot " + slot + " has no memory in " + directory + ", slots=" + slotsInUse());
    }
}
