package io.arrowshm.inspect;

/**
 * Bytes of blocks by what they are used for, and how many segments there are. A segment is in exactly one state; in
 * flight and held say more about some of them.
 *
 * @param sizeBytes budget of the pool
 * @param unbackedBytes of these, that no block has yet
 * @param backedBytes of all blocks that have memory: the sum of the next five
 * @param freeBytes of blocks that nobody owns
 * @param buildingBytes of blocks that one participant writes
 * @param sealedBytes of immutable segments
 * @param mutableBytes of segments that several participants write
 * @param orphanBytes of segments that are freed with their last claim
 * @param inFlightBytes of segments with references in flight
 * @param heldBytes of segments that a participant holds
 * @param segments that are not free
 * @param segmentsInFlight of these with references in flight
 * @param segmentsHeld of these held by a participant
 * @param participantsAlive processes that have the pool open
 * @param epochs that are open or not void yet
 */
public record Totals(
        long sizeBytes,
        long unbackedBytes,
        long backedBytes,
        long freeBytes,
        long buildingBytes,
        long sealedBytes,
        long mutableBytes,
        long orphanBytes,
        long inFlightBytes,
        long heldBytes,
        int segments,
        int segmentsInFlight,
        int segmentsHeld,
        int participantsAlive,
        int epochs) {

    /** Bytes of all blocks that are in use. */
    public long usedBytes() {
        return backedBytes - freeBytes;
    }
}
