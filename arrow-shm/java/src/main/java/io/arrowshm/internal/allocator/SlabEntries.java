package io.arrowshm.internal.allocator;

import io.arrowshm.internal.layout.Place;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The slab table of a pool as it stands, for those who look at a pool from outside: nothing in it is believed, no slab
 * is mapped. Any thread.
 */
public final class SlabEntries implements AutoCloseable {
    private final SafePath directory;
    private final Places places;
    private final ByteLocks locks;
    private final int slots;

    public SlabEntries(SafePath poolDirectory, int slots) {
        this.slots = slots;
        directory = poolDirectory.resolve(PoolFiles.SLABS);
        places = new Places(directory, slots);
        locks = new ByteLocks(directory.resolve(PoolFiles.SLAB_TABLE));
    }

    /** A file, and the slots that lie in it. */
    public static final class Entry {
        private final Slab slab;

        private Entry(Slab slab) {
            this.slab = slab;
        }

        public SafePath file() {
            return slab.file().path();
        }

        /** Of each block. */
        public long blockBytes() {
            return slab.blockBytes();
        }

        /** In the order of their blocks. */
        public IntStream slots() {
            return slab.slots();
        }

        /** The pages that blocks which have memory lie on; a page has memory unless all its blocks are unbacked. */
        public Backed backed(IntPredicate isUnbacked) {
            BitSet pages = slab.pages(isUnbacked.negate());
            return new Backed(Slab.bytes(pages.length()), Slab.bytes(pages.cardinality()));
        }

        /** Where the block of a slot begins in the file. */
        public long offset(int slot) {
            return slab.offsetOf(slot);
        }
    }

    /**
     * What a file has at least.
     *
     * @param length of it
     * @param taken bytes of memory
     */
    public record Backed(long length, long taken) {}

    /** Bytes of the table's file. */
    public static long tableBytes(int slots) {
        return Places.bytes(slots);
    }

    /** The slabs, in the order of their lowest slots; places that can be none of blocks are left out. */
    public List<Entry> read() {
        return places.slabs(number -> new SlabFile(directory, number)).stream()
                .map(Entry::new)
                .toList();
    }

    /** Bytes of a slot's block, 0 if it has none. */
    public long blockBytes(int slot) {
        long place = places.place(slot);
        return Places.isOfABlock(place) ? SizeClasses.blockBytes(Place.sizeClass(place)) : 0;
    }

    /** One past the highest slot that was ever given a block. */
    public int slotsInUse() {
        return places.slotsInUse();
    }

    /** What is wrong with places, by slot. */
    public Map<Integer, String> damage() {
        Map<Integer, String> damage = new TreeMap<>();
        // In this order: who adds a slab stores its number first, then how many slots are in use, then their places.
        long[] read = IntStream.range(0, slots).mapToLong(places::place).toArray();
        int inUse = places.slotsInUse();
        long lastSlab = places.lastSlab();
        long[] sorted = Arrays.stream(read).sorted().toArray();
        for (int slot = 0; slot < slots; slot++) {
            long place = read[slot];
            if (place == Place.NONE) {
                continue;
            }
            int found = Arrays.binarySearch(sorted, place);
            boolean isTwice =
                    (found > 0 && sorted[found - 1] == place) || (found + 1 < slots && sorted[found + 1] == place);
            if (!Places.isOfABlock(place)) {
                damage.put(slot, String.format("its place %x is none of a block", place));
            } else if (isTwice) {
                damage.put(slot, String.format("its place %x is that of another slot, too", place));
            } else if (slot >= inUse) {
                damage.put(slot, "it has a block, and only " + inUse + " slots ever had one");
            } else if (Place.slab(place) > lastSlab) {
                damage.put(slot, "it lies in slab " + Place.slab(place) + ", the last one made is " + lastSlab);
            }
        }
        return damage;
    }

    /** Files that no slot lies in and nobody is just making: somebody died before the slab existed. */
    public List<SafePath> unlistedFiles() {
        Set<String> names = SlabFile.names(directory);
        // In this order: the process that made one of the files has listed it before it gave the lock back.
        if (locks.isLockedElsewhere(BlockAllocator.CREATION_LOCK)) {
            return List.of();
        }
        read().forEach(entry -> names.remove(entry.file().name()));
        return names.stream().map(directory::resolve).toList();
    }

    /** Whether it is the file of a slab that was made, or of the one that is made next. */
    public boolean isMadeOrNext(SafePath file) {
        String name = file.name();
        return name.matches("[1-9][0-9]{0,17}") && Long.parseLong(name) - 1 <= places.lastSlab();
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
        places.close();
        locks.close();
    }
}
