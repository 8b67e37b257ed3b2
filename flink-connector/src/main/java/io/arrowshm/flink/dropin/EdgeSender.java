package io.arrowshm.flink.dropin;

import static java.util.Objects.requireNonNull;

import io.arrowshm.flink.stream.BoundedWait;
import io.arrowshm.flink.stream.ByValueReason;
import io.arrowshm.flink.stream.Patience;
import io.arrowshm.shm.ArrayWriter;
import io.arrowshm.shm.Epoch;
import io.arrowshm.shm.OutgoingChannel;
import io.arrowshm.shm.Segment;
import io.arrowshm.shm.SegmentRef;
import io.arrowshm.shm.SharedMemoryPool;
import io.arrowshm.shm.array.ArraySpec;
import io.arrowshm.shm.array.DType;
import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt's side of an edge: invites each receiver with the first array that it sends him, and once he has joined
 * decides for each array whether it goes by reference. One thread.
 *
 * <p>Credit is looked at array by array, but what the record itself has put in flight does not count: its receiver cannot
 * give that back before the record is complete. So one record may always be on its way, however large.
 */
final class EdgeSender {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeSender.class);
    private static final Duration CREDIT_TIMEOUT = Duration.ofSeconds(1);

    private final SharedMemoryPool pool;
    private final Epoch epoch;
    private final long thresholdBytes;
    private final long windowBytes;
    private final BoundedWait wait;
    private final Runnable flush;
    private final DropInCounts counts;

    private final @Nullable OutgoingChannel[] channels;
    private final boolean[] invited;
    private final Patience[] patiences;
    private long bytesOfRecord;
    private long unflushedBytes;
    private boolean withoutCredit;
    private @Nullable ArraySpec lastSpec;
    private long lastLength;

    /**
     * @param epoch of the attempt, which closes it
     * @param receivers of the edge
     * @param thresholdBytes from which on an array may go by reference
     * @param windowBytes that may be on their way to each receiver
     * @param flush sends what is in the edge's output buffers
     */
    EdgeSender(
            SharedMemoryPool pool,
            Epoch epoch,
            int receivers,
            long thresholdBytes,
            long windowBytes,
            BoundedWait wait,
            Runnable flush,
            DropInCounts counts) {
        this.pool = pool;
        this.epoch = epoch;
        this.thresholdBytes = thresholdBytes;
        this.windowBytes = windowBytes;
        this.wait = wait;
        this.flush = flush;
        this.counts = counts;
        channels = new OutgoingChannel[receivers];
        invited = new boolean[receivers];
        patiences = new Patience[receivers];
        Arrays.setAll(patiences, receiver -> new Patience(CREDIT_TIMEOUT));
    }

    /** To be called before each record, when the one before it has been sent. */
    void beginRecord() {
        unflushedBytes += bytesOfRecord;
        bytesOfRecord = 0;
        withoutCredit = false;
        // References are so small that hundreds wait in one network buffer: without a flush now and then the receiver
        // would see none before the buffer times out, and the sender no credit.
        if (unflushedBytes >= windowBytes / 4) {
            unflushedBytes = 0;
            flush.run();
        }
    }

    /** Whether an array of that size may go by reference. */
    boolean isLarge(long bytes) {
        return bytes >= thresholdBytes;
    }

    /** Writes a reference and returns true, or false if the value is to be written, perhaps behind an invitation. */
    <A> boolean write(PrimitiveArraySerializer<A> serializer, A array, int receiver, DataOutput target)
            throws IOException {
        OutgoingChannel channel = channels[receiver];
        if (channel == null) {
            counts.sentByValue(invite(receiver, target) ? ByValueReason.NO_ANSWER : ByValueReason.NO_POOL);
            return false;
        }
        if (!channel.isJoined()) {
            counts.sentByValue(ByValueReason.NO_ANSWER);
            return false;
        }
        SegmentRef reference = put(serializer, array, channel, patiences[receiver]);
        if (reference == null) {
            return false;
        }
        target.writeInt(PrimitiveArraySerializer.REFERENCE);
        target.writeInt(channel.index());
        reference.writeTo(target);
        return true;
    }

    private boolean invite(int receiver, DataOutput target) throws IOException {
        if (invited[receiver]) {
            return false;
        }
        invited[receiver] = true;
        OutgoingChannel channel = epoch.openChannel();
        if (channel == null) {
            return false;
        }
        channels[receiver] = channel;
        target.writeInt(PrimitiveArraySerializer.INVITATION);
        target.writeLong(pool.id());
        target.writeInt(channel.index());
        target.writeLong(channel.nonce());
        return true;
    }

    /** Puts a copy of the array in flight, or returns null and counts why it goes by value. */
    private <A> @Nullable SegmentRef put(
            PrimitiveArraySerializer<A> serializer, A array, OutgoingChannel channel, Patience patience) {
        if (!hasCredit(channel, serializer.bytes(array), patience)) {
            counts.sentByValue(ByValueReason.NO_CREDIT);
            return null;
        }
        try (ArrayWriter writer = pool.newArray(spec(serializer.dtype(), serializer.length(array)))) {
            serializer.copyInto(writer.array(), array);
            try (Segment segment = writer.seal()) {
                // Nobody else has it.
                SegmentRef reference = requireNonNull(segment.trySend(epoch));
                channel.sent(reference.length());
                bytesOfRecord += reference.length();
                counts.sentByReference(reference.length());
                return reference;
            }
        } catch (SharedMemoryException e) {
            // Whatever is wrong with the pool, the value can still be sent.
            LOG.debug("An array goes by value: {}", e.getMessage());
            counts.sentByValue(e.kind() == Kind.FULL ? ByValueReason.POOL_FULL : ByValueReason.NO_POOL);
            return null;
        }
    }

    private boolean hasCredit(OutgoingChannel channel, long bytes, Patience patience) {
        if (withoutCredit) {
            return false;
        }
        try {
            withoutCredit = !wait.until(
                    () -> {
                        long inFlight = channel.bytesInFlight();
                        return inFlight == bytesOfRecord || inFlight + bytes <= windowBytes;
                    },
                    System.nanoTime() + patience.left().toNanos());
            if (withoutCredit) {
                patience.wasInVain();
            } else {
                patience.helped();
            }
        } catch (InterruptedException e) {
            // The task is cancelled: what is written next says so in Flink's own way.
            Thread.currentThread().interrupt();
            withoutCredit = true;
        }
        return !withoutCredit;
    }

    /** The header of a spec that is kept is made once. */
    private ArraySpec spec(DType dtype, long length) {
        ArraySpec spec = lastSpec;
        if (spec == null || lastLength != length || !spec.dtype().equals(dtype)) {
            spec = ArraySpec.of(dtype, length);
            lastSpec = spec;
            lastLength = length;
        }
        return spec;
    }
}
