package io.arrowshm.internal.allocator;

import static io.arrowshm.internal.layout.OwnershipWord.FREE;
import static io.arrowshm.internal.layout.OwnershipWord.state;

import io.arrowshm.internal.registry.Ownership;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Slots for a new slab, so that every slot can serve any size: an unbacked slot may leave the slab that it lies in. The
 * caller has the creation lock.
 */
final class SlotSource {
    private final SlabTable table;
    private final Ownership ownership;

    SlotSource(SlabTable table, Ownership ownership) {
        this.table = table;
        this.ownership = ownership;
    }

    /**
     * Unbacked slots: those of whole slabs first, whose files can go then, so that there are never many
     * more than are in use; then those that were never used; then any.
     */
    int[] unbacked(int most) {
        IntStream.Builder ofWholeSlabs = IntStream.builder();
        int left = most;
        for (Slab slab : table.slabs()) {
            int count = slab.slotCount();
            if (count <= left && slab.slots().allMatch(ownership::isUnbacked)) {
                slab.slots().forEach(ofWholeSlabs);
                left -= count;
            }
        }
        int inUse = table.slotsInUse();
        IntStream unused = IntStream.range(inUse, ownership.slots().count());
        IntStream any = IntStream.range(0, inUse).filter(ownership::isUnbacked);
        return IntStream.concat(ofWholeSlabs.build(), IntStream.concat(unused, any))
                .distinct()
                .limit(most)
                .sorted()
                .toArray();
    }

    /** The slab with the most free slots, among those with blocks of another size. */
    @Nullable
    Slab mostFree(long exceptOfBlockBytes) {
        Slab found = null;
        long most = 0;
        for (Slab slab : table.slabs()) {
            long free = slab.blockBytes() == exceptOfBlockBytes
                    ? 0
                    : slab.slots().filter(this::isFree).count();
            if (free > most) {
                most = free;
                found = slab;
            }
        }
        return found;
    }

    /** Unbacks free slots of a slab, but for those that somebody outside still reads. */
    int[] unbackFree(Slab slab, int most) {
        return slab.slots()
                .filter(this::isFree)
                .filter(ownership::unback)
                .limit(most)
                .toArray();
    }

    private boolean isFree(int slot) {
        return state(ownership.slots().word(slot)) == FREE;
    }
}
