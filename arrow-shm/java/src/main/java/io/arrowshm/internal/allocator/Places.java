package io.arrowshm.internal.allocator;

import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.Place;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.memory.SafePath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * Where the block of each slot lies, as it stands in the slab table. A place changes only while its slot is unbacked, and
 * only under the creation lock: whoever has a claim on a slot and reads its place afterwards has it for as long as the
 * claim. Any thread.
 */
final class Places implements AutoCloseable {
    private final MappedFile file;
    private final int slots;

    Places(SafePath slabs, int slots) {
        this.slots = slots;
        file = MappedFile.map(slabs.resolve(PoolFiles.SLAB_TABLE), bytes(slots));
    }

    /** Bytes of the table's file. */
    static long bytes(int slots) {
        return Place.offset(slots);
    }

    /** {@link Place#NONE} if the slot never had a block. */
    long place(int slot) {
        return Memory.getLongVolatile(file.address() + Place.offset(slot));
    }

    /** One past the highest slot that was ever given a block. */
    int slotsInUse() {
        long inUse = Memory.getLongVolatile(file.address() + Place.SLOTS_IN_USE);
        return (int) Math.max(0, Math.min(inUse, slots));
    }

    /** The highest number that a slab was given. */
    long lastSlab() {
        return Memory.getLongVolatile(file.address() + Place.LAST_SLAB);
    }

    /** Whether a place can be that of a block. */
    static boolean isOfABlock(long place) {
        return Place.slab(place) > 0 && Place.sizeClass(place) < SizeClasses.COUNT;
    }

    /** What the slots are in now: all slabs there are, in the order of their lowest slots. */
    List<Slab> slabs(LongFunction<SlabFile> fileOfNumber) {
        Map<Long, Slab.Builder> builders = new LinkedHashMap<>();
        long placeBefore = Place.NONE;
        Slab.Builder builder = null;
        for (int slot = 0; slot < slotsInUse(); slot++) {
            long place = place(slot);
            if (isOfABlock(place)) {
                if (builder == null || !Place.isOfOneSlab(place, placeBefore)) {
                    int sizeClass = Place.sizeClass(place);
                    builder = builders.computeIfAbsent(
                            Place.of(Place.slab(place), sizeClass, 0),
                            any -> new Slab.Builder(fileOfNumber.apply(Place.slab(place)), sizeClass));
                }
                builder.add(slot, Place.block(place));
                placeBefore = place;
            }
        }
        List<Slab> slabs = new ArrayList<>();
        builders.values().forEach(each -> slabs.add(each.build()));
        return slabs;
    }

    /**
     * Makes the blocks of a new slab those of its slots, which are unbacked and which nobody reads any more. The slab has its
     * file, and the caller the creation lock.
     */
    void put(Slab slab) {
        long number = slab.file().number();
        // Before any slot has it: a number is never given again.
        Memory.putLongVolatile(file.address() + Place.LAST_SLAB, number);
        int end = slab.slots().max().orElse(0) + 1;
        // Before any of them can be free: who looks for what the dead have left looks no further.
        Memory.putLongVolatile(file.address() + Place.SLOTS_IN_USE, Math.max(slotsInUse(), end));
        int block = 0;
        for (int slot : slab.slots().toArray()) {
            Memory.putLongVolatile(file.address() + Place.offset(slot), Place.of(number, slab.sizeClass(), block++));
            FaultPoint.SLAB_PARTLY_NAMED.reached();
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
