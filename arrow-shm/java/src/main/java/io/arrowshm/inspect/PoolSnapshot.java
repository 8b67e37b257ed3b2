package io.arrowshm.inspect;

import io.arrowshm.SizeClassStatistics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A look at everything of a pool. Each segment is as it was at one instant, all of them together are not.
 *
 * @param name of the pool
 * @param directory of its files
 * @param poolId 16 hexadecimal digits, which differ between any two pools
 * @param fileSystemProblem what is wrong with the file system that it lies on, and the remedy; null on a tmpfs
 * @param slots segments that there can be at once
 * @param checksums whether sealed segments have one
 * @param totals over all segments
 * @param sizeClasses the smallest blocks first
 * @param participants alive, and dead ones that were not swept yet
 * @param epochs open, and ended ones that are not void yet
 * @param segments all slots that are in use
 * @param refused files of other runtimes that could not be adopted
 */
public record PoolSnapshot(
        String name,
        String directory,
        String poolId,
        @Nullable String fileSystemProblem,
        int slots,
        boolean checksums,
        Totals totals,
        List<SizeClassStatistics> sizeClasses,
        List<ParticipantSnapshot> participants,
        List<EpochSnapshot> epochs,
        List<SegmentSnapshot> segments,
        List<RefusedFile> refused) {

    /** The share of all sealed blocks that their segments do not fill: 0 if there are none. */
    public double fragmentation() {
        return SizeClassStatistics.fragmentation(sizeClasses);
    }
}
