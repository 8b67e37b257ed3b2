package io.arrowshm.shm.inspect;

/**
 * All blocks of one size.
 *
 * @param blockBytes of each
 * @param blocks that slabs have
 * @param unbacked of these, that have no memory now
 * @param free of these, that have memory and nobody owns
 * @param segments of these, that are in use
 * @param segmentBytes of the sealed, mutable and orphaned segments in them: the rest of those blocks is unused
 */
public record SizeClassSnapshot(long blockBytes, int blocks, int unbacked, int free, int segments, long segmentBytes) {}
