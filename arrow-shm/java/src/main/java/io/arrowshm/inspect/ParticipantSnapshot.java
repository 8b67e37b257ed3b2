package io.arrowshm.inspect;

import java.util.List;

/**
 * A process that has a place in the pool.
 *
 * @param index of its bit
 * @param processId as it sees itself
 * @param alive whether its lock is held; what a dead one holds is taken back by the next sweep
 * @param keptBy ids of the processes that hold the lock, if its own process is gone: children that were forked from it and
 *     have its descriptors still; what it holds comes back when they end. Empty if it lives, or they cannot be seen from
 *     here
 * @param command main class or jar, and arguments
 * @param joinedAtMs milliseconds since 1970
 * @param segments that it holds or builds
 * @param bytes of their blocks
 */
public record ParticipantSnapshot(
        int index,
        long processId,
        boolean alive,
        List<Long> keptBy,
        String command,
        long joinedAtMs,
        int segments,
        long bytes) {}
