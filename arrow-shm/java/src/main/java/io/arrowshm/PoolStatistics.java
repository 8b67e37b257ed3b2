package io.arrowshm;

import io.arrowshm.internal.allocator.SizeClassStatistics;
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

    /** The share of all sealed blocks that their segments do not fill: 0 if there are none. */
    public double fragmentation() {
        return SizeClassStatistics.fragmentation(sizeClasses);
    }
}
