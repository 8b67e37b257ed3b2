package io.arrowshm.shm.allocator;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.layout.PoolFiles;
import io.arrowshm.shm.layout.SlabRecord;
import io.arrowshm.shm.memory.MappedFile;
import io.arrowshm.shm.memory.Memory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The slabs of a pool as this process knows them. Slabs are only ever added, so what was read once stays right; others'
 * new slabs are picked up by {@link #refresh()}. Any thread.
 */
final class SlabTable implements AutoCloseable {
    private final Path directory;
    private final MappedFile records;
    private final Slab[] slabOfSlot;
    private volatile List<Slab> slabs = List.of();

    SlabTable(Path poolDirectory, int slots) {
        directory = poolDirectory.resolve(PoolFiles.SLABS);
        records = MappedFile.map(directory.resolve(PoolFiles.SLAB_TABLE));
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

    /** Where the next slab's file is; files with this or a higher index belong to nobody. */
    Path nextPath() {
        return path(slabs.size());
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
            Slab slab = new Slab(path(known.size()), blockBytes, firstSlot, blockCount);
            for (int slot = slab.firstSlot(); slot < slab.endSlot(); slot++) {
                slabOfSlot[slot] = slab;
            }
            known.add(slab);
        }
        slabs = List.copyOf(known);
    }

    /** Adds a slab whose file is there; the caller has the creation lock and has refreshed. */
    Slab add(long blockBytes, int blockCount) {
        long address = address(slabs.size());
        Memory.putLong(address + SlabRecord.FIRST_SLOT, slotsInUse());
        Memory.putLong(address + SlabRecord.BLOCK_COUNT, blockCount);
        Memory.putLongVolatile(address + SlabRecord.BLOCK_BYTES, blockBytes);
        refresh();
        return slabs.get(slabs.size() - 1);
    }

    @Override
    public void close() {
        slabs.forEach(Slab::unmap);
        records.close();
    }

    private Path path(int index) {
        return directory.resolve(Integer.toString(index));
    }

    private long address(int index) {
        return records.address() + (long) index * SlabRecord.BYTES;
    }

    private SharedMemoryException noSuchSlot(int slot) {
        return new SharedMemoryException(
                Kind.STALE_REFERENCE, "slot " + slot + " has no memory in " + directory + ", slots=" + slotsInUse());
    }
}
