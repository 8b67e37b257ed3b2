package io.arrowshm.flink.stream;

import io.arrowshm.flink.type.Transfer;
import io.arrowshm.flink.type.Transfer.Content;
import io.arrowshm.flink.type.Transfer.Invitation;
import io.arrowshm.flink.type.Transfer.Reference;
import io.arrowshm.flink.type.Transfer.Value;
import io.arrowshm.shm.OutgoingChannel;
import io.arrowshm.shm.Segment;
import io.arrowshm.shm.SegmentRef;
import io.arrowshm.shm.SharedMemoryPool;
import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends by reference whatever it can, to every receiver that has joined. */
final class ReferenceSender implements Sender {
    private final TransferOptions options;
    private final SharedMemoryPool pool;
    private final AttemptEpoch epoch;
    private final BoundedWait wait;
    private final SendCounts counts;
    private final Runnable flush;
    private final long creditBytes;
    private @Nullable OutgoingChannel[] channels = {};
    private Patience[] patiences = {};
    private long window;
    private long invitedNanos;
    private long unflushedBytes;

    /**
     * @param epoch of the attempt; closed with this sender
     * @param creditBytes that may be on their way to all receivers together
     * @param flush sends what is in the task's output buffers
     */
    ReferenceSender(
            TransferOptions options,
            SharedMemoryPool pool,
            AttemptEpoch epoch,
            long creditBytes,
            BoundedWait wait,
            SendCounts counts,
            Runnable flush) {
        this.options = options;
        this.pool = pool;
        this.epoch = epoch;
        this.creditBytes = creditBytes;
        this.wait = wait;
        this.counts = counts;
        this.flush = flush;
    }

    @Override
    public void invite(int receivers, Router router, Consumer<Transfer> output) {
        channels = new OutgoingChannel[receivers];
        patiences = new Patience[receivers];
        Arrays.setAll(patiences, receiver -> new Patience(options.creditTimeout()));
        int reached = 0;
        for (int receiver = 0; receiver < receivers; receiver++) {
            if (router.reaches(receiver)) {
                reached++;
                OutgoingChannel channel = epoch.epoch().openChannel();
                if (channel != null) {
                    channels[receiver] = channel;
                    Invitation invitation = new Invitation(pool.id(), channel.index(), channel.nonce());
                    output.accept(new Transfer(invitation, receiver));
                }
            }
        }
        window = creditBytes / reached;
        invitedNanos = System.nanoTime();
    }

    @Override
    public Content content(Segment segment, int receiver) throws InterruptedException {
        OutgoingChannel channel = channels[receiver];
        long length = segment.length();
        if (channel == null) {
            return byValue(segment, ByValueReason.NO_POOL);
        }
        if (length < options.smallestReferenceBytes()) {
            return byValue(segment, ByValueReason.SMALL);
        }
        long answerDeadline = invitedNanos + options.invitationTimeout().toNanos();
        if (!wait.until(channel::isJoined, answerDeadline)) {
            return byValue(segment, ByValueReason.NO_ANSWER);
        }
        if (!awaitCredit(channel, receiver, length)) {
            return byValue(segment, ByValueReason.NO_CREDIT);
        }
        SegmentRef reference = segment.isIn(pool) ? segment.trySend(epoch.epoch()) : null;
        if (reference == null) {
            reference = trySendCopy(segment);
        }
        if (reference == null) {
            return byValue(segment, ByValueReason.POOL_FULL);
        }
        channel.sent(length);
        counts.sentByReference(length);
        return new Reference(reference, channel.index());
    }

    /**
     * References are so small that hundreds wait in one network buffer: without a flush now and then the receiver would see
     * none before the buffer times out, and this sender no credit.
     */
    @Override
    public void sent(long bytes) {
        unflushedBytes += bytes;
        if (unflushedBytes >= window / 4) {
            unflushedBytes = 0;
            flush.run();
        }
    }

    @Override
    public void close() {
        epoch.close();
    }

    /** Of a segment outside the pool, or one that another attempt has in flight; much faster than by value. */
    private @Nullable SegmentRef trySendCopy(Segment segment) {
        try (Segment copy = pool.copy(segment)) {
            counts.copied();
            return copy.trySend(epoch.epoch());
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.FULL) {
                throw e;
            }
            return null;
        }
    }

    private Value byValue(Segment segment, ByValueReason reason) {
        counts.sentByValue(reason);
        return new Value(segment);
    }

    private boolean awaitCredit(OutgoingChannel channel, int receiver, long length) throws InterruptedException {
        Patience patience = patiences[receiver];
        long deadline = System.nanoTime() + patience.left().toNanos();
        if (wait.until(() -> hasCredit(channel, length), deadline)) {
            patience.helped();
            return true;
        }
        patience.wasInVain();
        return false;
    }

    /** One segment may always be on its way, however large. */
    private boolean hasCredit(OutgoingChannel channel, long length) {
        long inFlight = channel.bytesInFlight();
        return inFlight == 0 || inFlight + length <= window;
    }
}
