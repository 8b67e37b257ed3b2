package io.arrowshm;

import io.arrowshm.internal.core.PoolCore;
import io.arrowshm.internal.layout.OwnershipWord;
import java.util.List;

/**
 * A look at every slot of a pool, not at one instant.
 *
 * @param sizeBytes budget
 * @param backedBytes that the files of slabs really take
 * @param segments that are not free
 * @param segmentsHeld of these held by a participant
 * @param segmentsInFlight of these with references in flight
 * @param segmentsNamed of these held by a name
 * @param epochs that are open or not void yet
 * @param participants that are alive
 * @param sizeClasses that have slabs, the smallest blocks first
 */
public record PoolStatistics(
        long sizeBytes,
        long backedBytes,
        int segments,
        int segmentsHeld,
        int segmentsInFlight,
        int segmentsNamed,
        int epochs,
        int participants,
        List<SizeClassStatistics> sizeClasses) {

    static PoolStatistics of(PoolCore core) {
        int segments = 0;
        int held = 0;
        int inFlight = 0;
        int named = 0;
        List<SizeClassStatistics> sizeClasses = core.allocator().statistics().stream()
                .map(counter -> counter.to(SizeClassStatistics::new))
                .toList();
        int end = core.allocator().slotsInUse();
        for (int slot = 0; slot < end; slot++) {
            long word = core.slots().word(slot);
            int state = OwnershipWord.state(word);
            if (state != OwnershipWord.UNBACKED && state != OwnershipWord.FREE) {
                segments++;
                held += OwnershipWord.mayHaveHolders(word) ? 1 : 0;
                inFlight += OwnershipWord.inFlight(word) > 0 ? 1 : 0;
                named += OwnershipWord.isNamed(word) ? 1 : 0;
            }
        }
        return new PoolStatistics(
                core.description().sizeBytes(),
                sizeClasses.stream().mapToLong(SizeClassStatistics::bytesBacked).sum(),
                segments,
                held,
                inFlight,
                named,
                core.epochs().countUsed(),
                core.participants().countLiving(),
                sizeClasses);
    }

    /** The share of all sealed blocks that their segments do not fill: 0 if there are none. */
    public double fragmentation() {
        return SizeClassStatistics.fragmentation(sizeClasses);
    }
}
