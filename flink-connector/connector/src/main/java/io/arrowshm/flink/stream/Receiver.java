package io.arrowshm.flink.stream;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.type.Transfer;
import io.arrowshm.flink.type.Transfer.Content;
import io.arrowshm.flink.type.Transfer.Invitation;
import io.arrowshm.flink.type.Transfer.Reference;
import io.arrowshm.flink.type.Transfer.Value;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.IncomingChannel;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.function.ThrowingConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt's end of an edge: answers invitations, takes over what comes by reference, gives credit. One thread. */
final class Receiver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Receiver.class);

    private final @Nullable SharedMemoryPool pool;
    private final @Nullable AttemptEpoch epoch;
    private final ReceiveCounts counts;
    private final IncomingChannels channels = new IncomingChannels();

    private Receiver(@Nullable SharedMemoryPool pool, @Nullable AttemptEpoch epoch, ReceiveCounts counts) {
        this.pool = pool;
        this.epoch = epoch;
        this.counts = counts;
    }

    /** A receiver that takes everything; without a place in the pool it answers nobody, and gets everything by value. */
    static Receiver open(PoolOptions options, RuntimeContext context) {
        ReceiveCounts counts = new ReceiveCounts(context.getMetricGroup());
        try {
            SharedMemoryPool pool = ProcessPools.get(options);
            counts.show(pool);
            return new Receiver(pool, AttemptEpoch.open(pool, context), counts);
        } catch (SharedMemoryException e) {
            LOG.warn("Segments are received by value, since there is no place in the pool: {}", e.getMessage());
            return new Receiver(null, null, counts);
        }
    }

    /**
     * Lends the segment of a transfer to a function until that returns. An invitation is answered instead.
     *
     * @throws SharedMemoryException STALE_REFERENCE if the sender's attempt was given up meanwhile
     */
    void lend(StreamRecord<Transfer> element, ThrowingConsumer<StreamRecord<Segment>, Exception> function)
            throws Exception {
        try (Segment segment = receive(element.getValue())) {
            if (segment != null) {
                function.accept(element.replace(segment));
            }
        }
    }

    @Override
    public void close() {
        if (epoch != null) {
            epoch.close();
        }
    }

    /** The segment of a transfer, held for this call; null if it was an invitation. */
    private @Nullable Segment receive(Transfer transfer) {
        Content content = transfer.content();
        if (content instanceof Reference reference) {
            return receive(reference);
        }
        if (content instanceof Value value) {
            counts.receivedByValue();
            return value.segment();
        }
        answer((Invitation) content);
        return null;
    }

    private void answer(Invitation invitation) {
        if (pool == null || epoch == null || pool.id() != invitation.poolId()) {
            return;
        }
        channels.join(epoch.epoch(), invitation.channel(), invitation.nonce());
    }

    private Segment receive(Reference reference) {
        IncomingChannel channel = channels.get(reference.channel());
        if (pool == null || channel == null) {
            throw new IllegalStateException("a reference came on channel " + reference.channel()
                    + ", which this receiver has not joined: " + reference.segment());
        }
        Segment segment;
        try {
            segment = Access.receiveForCall(pool, reference.segment());
        } catch (SharedMemoryException e) {
            if (e.kind() == Kind.STALE_REFERENCE) {
                counts.stale();
            }
            throw e;
        }
        long length = reference.segment().length();
        channel.received(length);
        counts.receivedByReference(length);
        return segment;
    }
}
