package io.arrowshm.inspect;

/**
 * A process that has a place in the pool.
 *
 * @param index of its bit
 * @param processId as it sees itself
 * @param alive whether it has its lock; what a dead one holds is taken back by the next sweep
 * @param command main class or jar, and arguments
 * @param joinedAtMs milliseconds since 1970
 * @param segments that it holds or builds
 * @param bytes of their blocks
 */
public record ParticipantSnapshot(
        int index, long processId, boolean alive, String command, long joinedAtMs, int segments, long bytes) {}
