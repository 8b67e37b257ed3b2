package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.type.Transfer;
import io.arrowshm.flink.type.Transfer.Content;
import io.arrowshm.flink.type.Transfer.Invitation;
import io.arrowshm.flink.type.Transfer.Reference;
import io.arrowshm.flink.type.Transfer.Value;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.OutgoingChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Sends by reference whatever it can, to every receiver that has joined. */
final class ReferenceSender implements Sender {
    private final TransferOptions options;
    private final SharedMemoryPool pool;
    private final AttemptEpoch epoch;
    private final BoundedWait wait;
    private final SendCounts counts;
    private final long creditBytes;
    private @Nullable PacedChannel[] channels = {};

    /**
     * @param epoch of the attempt; closed with this sender
     * @param creditBytes that may be on their way to all receivers together
     */
    ReferenceSender(
            TransferOptions options,
            SharedMemoryPool pool,
            AttemptEpoch epoch,
            long creditBytes,
            BoundedWait wait,
            SendCounts counts) {
        this.options = options;
        this.pool = pool;
        this.epoch = epoch;
        this.creditBytes = creditBytes;
        this.wait = wait;
        this.counts = counts;
    }

    @Override
    public List<Transfer> invitations(int receivers, Router router) {
        channels = new PacedChannel[receivers];
        int[] reached = IntStream.range(0, receivers).filter(router::reaches).toArray();
        List<Transfer> invitations = new ArrayList<>(reached.length);
        for (int receiver : reached) {
            OutgoingChannel channel = Access.openChannel(epoch.epoch());
            if (channel != null) {
                channels[receiver] = new PacedChannel(channel, creditBytes / reached.length, options, wait);
                Invitation invitation = new Invitation(pool.id(), channel.index(), channel.nonce());
                invitations.add(new Transfer(invitation, receiver));
            }
        }
        return invitations;
    }

    @Override
    public Transfer prepare(Segment segment, int receiver) throws InterruptedException {
        return new Transfer(content(segment, channels[receiver]), receiver);
    }

    @Override
    public void close() {
        epoch.close();
    }

    private Content content(Segment segment, @Nullable PacedChannel channel) throws InterruptedException {
        long length = segment.length();
        if (channel == null) {
            return byValue(segment, ByValueReason.NO_POOL);
        }
        if (length < options.smallestByReferenceBytes()) {
            return byValue(segment, ByValueReason.SMALL);
        }
        ByValueReason obstacle = channel.obstacle(length, 0);
        if (obstacle != null) {
            return byValue(segment, obstacle);
        }
        SegmentRef reference = segment.isIn(pool) ? segment.trySend(epoch.epoch()) : null;
        if (reference == null) {
            reference = trySendCopy(segment);
        }
        if (reference == null) {
            return byValue(segment, ByValueReason.POOL_FULL);
        }
        channel.putInFlight(length);
        counts.countReference(length);
        return new Reference(reference, channel.index());
    }

    /** A reference to a copy of a segment outside the pool, or of one that another attempt has in flight; much faster than by value. */
    private @Nullable SegmentRef trySendCopy(Segment segment) {
        try (Segment copy = pool.copy(segment)) {
            counts.countCopy();
            return copy.trySend(epoch.epoch());
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.FULL) {
                throw e;
            }
            return null;
        }
    }

    private Value byValue(Segment segment, ByValueReason reason) {
        counts.countValue(reason);
        return new Value(segment);
    }
}
