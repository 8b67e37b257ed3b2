package io.arrowshm.flink.stream;

import io.arrowshm.flink.type.Transfer;
import io.arrowshm.flink.type.Transfer.Content;
import io.arrowshm.flink.type.Transfer.Invitation;
import io.arrowshm.flink.type.Transfer.Reference;
import io.arrowshm.flink.type.Transfer.Value;
import io.arrowshm.shm.Epoch;
import io.arrowshm.shm.IncomingChannel;
import io.arrowshm.shm.PoolOptions;
import io.arrowshm.shm.Segment;
import io.arrowshm.shm.SharedMemoryPool;
import io.arrowshm.shm.error.SharedMemoryException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Behind an edge: answers invitations, takes over what comes by reference, gives the sender credit, and lends each
 * segment to the functions chained behind it until they return.
 */
@Internal
public final class ReceiveOperator extends AbstractStreamOperator<Segment>
        implements OneInputStreamOperator<Transfer, Segment> {
    private static final long serialVersionUID = 1L;

    private final PoolOptions poolOptions;
    private transient @Nullable SharedMemoryPool pool;
    private transient @Nullable Epoch epoch;

    @SuppressWarnings("NullAway.Init")
    private transient Map<Integer, IncomingChannel> channels;

    public ReceiveOperator(PoolOptions poolOptions) {
        this.poolOptions = poolOptions;
    }

    @Override
    public void open() throws Exception {
        super.open();
        channels = new HashMap<>();
        try {
            pool = ProcessPools.get(poolOptions);
            epoch = pool.openEpoch(Attempts.name(getRuntimeContext(), "receive"));
        } catch (SharedMemoryException e) {
            LOG.warn("Segments are received by value, since there is no place in the pool: {}", e.getMessage());
        }
    }

    @Override
    public void processElement(StreamRecord<Transfer> element) throws Exception {
        Content content = element.getValue().content();
        if (content instanceof Invitation invitation) {
            answer(invitation);
        } else if (content instanceof Reference reference) {
            lend(element, receive(reference));
        } else if (content instanceof Value value) {
            lend(element, value.segment());
        }
    }

    @Override
    public void close() throws Exception {
        if (epoch != null) {
            epoch.close();
        }
        super.close();
    }

    private void answer(Invitation invitation) {
        if (pool == null || epoch == null || pool.id() != invitation.poolId()) {
            return;
        }
        IncomingChannel channel = epoch.join(invitation.channel(), invitation.nonce());
        if (channel != null) {
            channels.put(invitation.channel(), channel);
        }
    }

    private Segment receive(Reference reference) {
        IncomingChannel channel = channels.get(reference.channel());
        if (pool == null || channel == null) {
            throw new IllegalStateException("a reference came on channel " + reference.channel()
                    + ", which this receiver has not joined: " + reference.segment());
        }
        Segment segment = pool.receive(reference.segment());
        channel.received(reference.segment().length());
        return segment;
    }

    private void lend(StreamRecord<Transfer> element, Segment segment) {
        try (segment) {
            output.collect(element.replace(segment));
        }
    }
}
