package io.arrowshm;

import java.util.List;

/**
 * The blocks of one size, looked at one after the other, not at one instant.
 *
 * @param blockBytes size of each
 * @param slabs files
 * @param blocks of all slabs together
 * @param free with memory, owned by nobody
 * @param unbacked without memory
 * @param building being written by one participant
 * @param sealed immutable
 * @param mutable being written by several participants, or left by the one who would have sealed it
 * @param sealedBytes of the segments in the sealed blocks, at most {@code sealed * blockBytes}
 * @param bytesBacked that the files really take
 */
public record SizeClassStatistics(
        long blockBytes,
        int slabs,
        int blocks,
        int free,
        int unbacked,
        int building,
        int sealed,
        int mutable,
        long sealedBytes,
        long bytesBacked) {

    /** Bytes of the blocks that are neither free nor unbacked. */
    public long bytesInUse() {
        return (long) (building + sealed + mutable) * blockBytes;
    }

    /** The share of all sealed blocks that their segments do not fill: 0 if there are none. */
    public static double fragmentation(List<SizeClassStatistics> classes) {
        long blockBytes =
                classes.stream().mapToLong(c -> c.sealed * c.blockBytes).sum();
        long sealedBytes =
                classes.stream().mapToLong(SizeClassStatistics::sealedBytes).sum();
        return blockBytes == 0 ? 0 : 1 - (double) sealedBytes / blockBytes;
    }
}
