package io.arrowshm.flink.stream;

import io.arrowshm.flink.type.Transfer;
import io.arrowshm.flink.type.Transfer.Content;
import io.arrowshm.flink.type.Transfer.Invitation;
import io.arrowshm.flink.type.Transfer.Reference;
import io.arrowshm.flink.type.Transfer.Value;
import io.arrowshm.shm.Epoch;
import io.arrowshm.shm.OutgoingChannel;
import io.arrowshm.shm.Segment;
import io.arrowshm.shm.SegmentRef;
import io.arrowshm.shm.SharedMemoryPool;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt's side of an edge on which references may travel: it invites every receiver once, and then decides for
 * each segment whether it goes by reference or by value. One thread.
 */
final class Sender implements AutoCloseable {
    private final TransferOptions options;
    private final SharedMemoryPool pool;
    private final Epoch epoch;
    private final BoundedWait wait;
    private final SendCounts counts;
    private final Runnable flush;
    private final long creditBytes;
    private @Nullable OutgoingChannel[] channels = {};
    private long invitedNanos;
    private long unflushedBytes;

    /**
     * @param epoch of the attempt; closed with this sender
     * @param creditBytes that may be on their way to all receivers together
     * @param flush sends what is in the task's output buffers
     */
    Sender(
            TransferOptions options,
            SharedMemoryPool pool,
            Epoch epoch,
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

    /** Receivers of the edge, 0 before they were invited. */
    int receivers() {
        return channels.length;
    }

    /** Invites every receiver that the subtask sends to, through the given output. */
    void invite(int subtask, Consumer<Transfer> output) {
        Distribution distribution = options.distribution();
        int first = distribution.receiver(0, subtask, 1);
        OutgoingChannel channel = epoch.openChannel();
        // Also without a channel: only by sending something is the number of receivers learnt.
        Transfer transfer = new Transfer(invitation(channel), first);
        output.accept(transfer);
        channels = new OutgoingChannel[transfer.receivers()];
        channels[first] = channel;
        for (int receiver = 0; receiver < channels.length; receiver++) {
            if (receiver != first && distribution.reaches(receiver, subtask)) {
                channels[receiver] = epoch.openChannel();
                output.accept(new Transfer(invitation(channels[receiver]), receiver));
            }
        }
        invitedNanos = System.nanoTime();
    }

    /** Puts a reference in flight, or says why the segment goes by value; the caller sends the result at once. */
    Content content(Segment segment, int receiver) throws InterruptedException {
        OutgoingChannel channel = channels[receiver];
        if (channel == null) {
            return byValue(segment, ByValueReason.NO_POOL);
        }
        if (!segment.isIn(pool)) {
            return byValue(segment, ByValueReason.NOT_POOLED);
        }
        long answerDeadline = invitedNanos + options.invitationTimeout().toNanos();
        if (!wait.until(channel::isJoined, answerDeadline)) {
            return byValue(segment, ByValueReason.NO_ANSWER);
        }
        long length = segment.length();
        long window = creditBytes / channels.length;
        long creditDeadline = System.nanoTime() + options.creditTimeout().toNanos();
        if (!wait.until(() -> hasCredit(channel, length, window), creditDeadline)) {
            return byValue(segment, ByValueReason.NO_CREDIT);
        }
        SegmentRef reference = segment.trySend(epoch);
        if (reference == null) {
            return byValue(segment, ByValueReason.IN_FLIGHT_ELSEWHERE);
        }
        channel.sent(length);
        counts.sentByReference(length);
        return new Reference(reference, channel.index());
    }

    /**
     * To be called when the content was sent. References are so small that hundreds wait in one network buffer: without
     * a flush now and then the receiver would see none before the buffer times out, and the sender no credit.
     */
    void sent(long bytes) {
        unflushedBytes += bytes;
        if (unflushedBytes >= creditBytes / channels.length / 4) {
            unflushedBytes = 0;
            flush.run();
        }
    }

    /** What is in flight stays good until the receivers are gone too. */
    @Override
    public void close() {
        epoch.close();
    }

    private Invitation invitation(@Nullable OutgoingChannel channel) {
        return channel == null
                ? new Invitation(pool.id(), -1, 0)
                : new Invitation(pool.id(), channel.index(), channel.nonce());
    }

    private Value byValue(Segment segment, ByValueReason reason) {
        counts.sentByValue(reason);
        return new Value(segment);
    }

    /** One segment may always be on its way, however large. */
    private static boolean hasCredit(OutgoingChannel channel, long length, long window) {
        long inFlight = channel.bytesInFlight();
        return inFlight == 0 || inFlight + length <= window;
    }
}
