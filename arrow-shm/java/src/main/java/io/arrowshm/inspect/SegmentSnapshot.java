package io.arrowshm.inspect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A slot that is in use, as it was at one instant.
 *
 * @param slot index
 * @param state never free
 * @param generation the slot's identity
 * @param lengthBytes of the segment; of a predecessor while it is being built
 * @param blockBytes of the memory that it takes
 * @param holders indices of the participants that hold it
 * @param inFlight references sent and not received
 * @param epoch index of the epoch that sent them, 0 if there are none
 * @param epochName of that epoch, null if there are none
 * @param named whether a name holds it
 * @param lent whether runtimes other than JVMs were told of it
 * @param leased whether one of them reads it now
 * @param creator index of the participant that allocated it, -1 if not known
 * @param creatorProcessId process id of that participant, 0 if not known
 */
public record SegmentSnapshot(
        int slot,
        SegmentState state,
        long generation,
        long lengthBytes,
        long blockBytes,
        List<Integer> holders,
        int inFlight,
        int epoch,
        @Nullable String epochName,
        boolean named,
        boolean lent,
        boolean leased,
        int creator,
        long creatorProcessId) {}
