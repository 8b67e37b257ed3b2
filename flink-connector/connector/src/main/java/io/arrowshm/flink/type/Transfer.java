package io.arrowshm.flink.type;

import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import org.apache.flink.annotation.Internal;

/**
 * What crosses an edge of the connector. The sending operator makes one for a single write to a single receiver and keeps
 * it to itself; nothing else ever sees one, so a reference is written only where the operator has just put it in flight
 * for that very write.
 */
@Internal
public final class Transfer {
    private final Content content;
    private final int receiver;
    private int receivers;

    /** @param receiver index of the receiving subtask, below the number of receivers */
    public Transfer(Content content, int receiver) {
        this.content = content;
        this.receiver = receiver;
    }

    public Content content() {
        return content;
    }

    public int receiver() {
        return receiver;
    }

    /** How many receivers the edge has; known once the transfer was sent. */
    public int receivers() {
        return receivers;
    }

    /** Called by the edge's partitioner, which alone knows. */
    public void setReceivers(int number) {
        receivers = number;
    }

    /** What is sent. */
    public sealed interface Content permits Invitation, Reference, Value {}

    /**
     * Asks the receiver to join a channel if it has this pool open.
     *
     * @param poolId of the sender's pool
     * @param channel index
     * @param nonce of the channel
     */
    public record Invitation(long poolId, int channel, long nonce) implements Content {
        /** To no channel: it only shows the sender how many receivers there are. */
        public static final Invitation NONE = new Invitation(0, -1, 0);
    }

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
