package io.arrowshm.shm;

/**
 * A look at every slot of a pool, not at one instant.
 *
 * @param sizeBytes budget
 * @param backedBytes that slabs take
 * @param segments that are not free
 * @param segmentsHeld of these held by a participant
 * @param segmentsInFlight of these with references in flight
 * @param segmentsNamed of these held by a name
 * @param epochs that are open or not void yet
 * @param participants that are alive
 */
public record PoolStatistics(
        long sizeBytes,
        long backedBytes,
        int segments,
        int segmentsHeld,
        int segmentsInFlight,
        int segmentsNamed,
        int epochs,
        int participants) {}
