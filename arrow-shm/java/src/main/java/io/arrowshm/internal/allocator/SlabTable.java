package io.arrowshm.internal.allocator;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.Place;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.registry.Ownership;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The slabs of a pool as this process knows them. Others add slabs and move unbacked slots into them at any time, which is
 * picked up by {@link #refresh()}; where a slot lies is known for certain only by who has a claim on it. Any thread.
 */
final class SlabTable implements AutoCloseable {
    private final SafePath directory;
    private final Places places;
    /** As known last: right if it has the slot's place. */
    private final Slab[] slabOfSlot;

    private volatile List<Slab> slabs = List.of();
    private volatile NavigableMap<Long, List<Slab>> slabsOfClass = new TreeMap<>();

    SlabTable(SafePath poolDirectory, int slots) {
        directory = poolDirectory.resolve(PoolFiles.SLABS);
        places = new Places(directory, slots);
        slabOfSlot = new Slab[slots];
        refresh();
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

    /** Whether a slot has no memory, so that it can be given a block of any size. */
    boolean hasUnbackedSlot(Ownership ownership) {
        int inUse = slotsInUse();
        return inUse < slabOfSlot.length || IntStream.range(0, inUse).anyMatch(ownership::isUnbacked);
    }

    /** Deletes the files that no slot lies in; the caller has the creation lock and has refreshed. */
    void deleteUnlisted() {
        Set<String> names = SlabFile.names(directory);
        slabs.forEach(slab -> names.remove(slab.file().path().name()));
        if (!names.isEmpty()) {
            FaultPoint.SLAB_FILE_LEFT.reached();
        }
        names.forEach(name -> PrivateFiles.delete(directory.resolve(name)));
    }

    /** One past the highest slot that was ever given a block. */
    int slotsInUse() {
        return places.slotsInUse();
    }

    /** @throws SharedMemoryException STALE_REFERENCE if the pool has no such slot */
    void checkSlot(int slot) {
        if (slot < 0 || slot >= slabOfSlot.length) {
            throw new SharedMemoryException(
                    Kind.STALE_REFERENCE,
                    "slot " + slot + " has no memory in " + directory + ", slots=" + slabOfSlot.length);
        }
    }

    /**
     * The slab of a slot that the caller has a claim on.
     *
     * @throws SharedMemoryException CORRUPT if it has none
     */
    Slab slabOf(int slot) {
        checkSlot(slot);
        return slabAt(slot, places.place(slot));
    }

    private Slab slabAt(int slot, long place) {
        Slab slab = slabOfSlot[slot];
        if (slab == null || !slab.has(place)) {
            refresh();
            slab = slabOfSlot[slot];
            if (slab == null || !slab.has(place)) {
                throw new SharedMemoryException(
                        Kind.CORRUPT,
                        String.format("slot %d has a claim and no block in %s, place=%x", slot, directory, place));
            }
        }
        return slab;
    }

    /** Where in its file the block of a slot begins that the caller has a claim on. */
    long offset(int slot) {
        checkSlot(slot);
        long place = places.place(slot);
        return slabAt(slot, place).offsetAt(place);
    }

    /** The block of a slot that the caller has a claim on. */
    Block block(int slot) {
        checkSlot(slot);
        long place = places.place(slot);
        return slabAt(slot, place).block(slot, place);
    }

    /** Picks up what others have changed, and lets go of the files that no slot lies in any more. */
    synchronized void refresh() {
        if (isKnown()) {
            return;
        }
        Map<Long, SlabFile> files = new HashMap<>();
        slabs.forEach(slab -> files.put(slab.file().number(), slab.file()));
        // In this order: all slots of a file that is known by now had their places before, so a file that is in none
        // of the slabs read next is nobody's for ever.
        Set<SlabFile> gone = new HashSet<>(files.values());
        List<Slab> read = places.slabs(number -> files.computeIfAbsent(number, any -> new SlabFile(directory, number)));
        NavigableMap<Long, List<Slab>> byClass = new TreeMap<>();
        for (Slab slab : read) {
            slab.slots().forEach(slot -> slabOfSlot[slot] = slab);
            byClass.computeIfAbsent(slab.blockBytes(), size -> new ArrayList<>())
                    .add(slab);
            gone.remove(slab.file());
        }
        slabsOfClass = byClass;
        slabs = List.copyOf(read);
        gone.forEach(SlabFile::unmap);
    }

    /** A slab that does not exist yet and has no file; the caller has the creation lock. */
    Slab next(long blockBytes, int... slots) {
        long number = places.lastSlab() + 1;
        if (number < 1 || number > Place.MAX_SLAB) {
            throw new SharedMemoryException(
                    Kind.CORRUPT, "the next slab in " + directory + " is to have the number " + number);
        }
        return Slab.of(new SlabFile(directory, number), blockBytes, slots);
    }

    /** Moves the slots of a slab into it; it has its file, they are unbacked, and nobody reads them any more. */
    void add(Slab slab) {
        places.put(slab);
        refresh();
    }

    @Override
    public void close() {
        slabs.forEach(slab -> slab.file().unmap());
        places.close();
    }

    private boolean isKnown() {
        for (int slot = 0; slot < slotsInUse(); slot++) {
            long place = places.place(slot);
            Slab slab = slabOfSlot[slot];
            if (slab == null ? Places.isOfABlock(place) : !slab.has(place)) {
                return false;
            }
        }
        return true;
    }
}
