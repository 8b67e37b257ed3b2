package io.arrowshm.internal.names;

import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.registry.Slots;
import java.util.HashMap;
import java.util.Map;

/**
 * How many names manifests give to each slot, as far as these hold it: a name of another generation holds nothing. Under
 * the names lock.
 */
final class NameCounts {
    private final Slots slots;
    private final Map<Integer, Long> counts = new HashMap<>();

    NameCounts(Slots slots) {
        this.slots = slots;
    }

    /** Counts a name that a manifest gives; false if the segment is gone. */
    boolean add(NamedSlot segment) {
        boolean isThere = slots.generation(segment.slot()) == segment.generation()
                && OwnershipWord.isNamed(slots.word(segment.slot()));
        if (isThere) {
            counts.merge(segment.slot(), 1L, Long::sum);
        }
        return isThere;
    }

    long of(int slot) {
        return counts.getOrDefault(slot, 0L);
    }
}
