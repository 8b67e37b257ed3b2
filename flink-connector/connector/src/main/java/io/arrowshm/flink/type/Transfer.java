package io.arrowshm.flink.type;

import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import org.apache.flink.annotation.Internal;

/**
 * What crosses an edge of the connector. The sending operator makes one for a single write to a single receiver and keeps
 * it to itself; nothing else ever sees one, so a reference is written only where the operator has just put it in flight
 * for that very write.
 *
 * @param receiver index of the receiving subtask, below the number of receivers; not written
 */
@Internal
public record Transfer(Content content, int receiver) {
    /** What is sent. */
    public sealed interface Content permits Invitation, Reference, Value {}

    /**
     * Asks the receiver to join a channel if it has this pool open.
     *
     * @param poolId of the sender's pool
     * @param channel index
     * @param nonce of the channel
     */
    public record Invitation(long poolId, int channel, long nonce) implements Content {}

    /**
     * A segment by reference, in flight.
     *
     * @param segment the reference
     * @param channel index of the joined channel, for its credit
     */
    public record Reference(SegmentRef segment, int channel) implements Content {}

    /**
     * A segment by value.
     *
     * @param segment lent by the sender; owned by the receiver
     */
    public record Value(Segment segment) implements Content {}
}
