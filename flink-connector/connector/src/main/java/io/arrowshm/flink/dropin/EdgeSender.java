package io.arrowshm.flink.dropin;

import static java.util.Objects.requireNonNull;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.stream.BoundedWait;
import io.arrowshm.flink.stream.ByValueReason;
import io.arrowshm.flink.stream.PacedChannel;
import io.arrowshm.flink.stream.TransferOptions;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.OutgoingChannel;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt's side of an edge: invites each receiver with the first array that it sends there, and once that has joined
 * decides for each array whether it goes by reference. One thread.
 */
final class EdgeSender {
    private static final Logger LOG = LoggerFactory.getLogger(EdgeSender.class);

    private final SharedMemoryPool pool;
    private final Epoch epoch;
    private final TransferOptions options;
    private final long creditBytes;
    private final BoundedWait wait;
    private final DropInCounts counts;

    private final @Nullable PacedChannel[] channels;
    private final boolean[] invited;
    private boolean invitesInRecord;
    private long bytesOfRecord;
    private @Nullable ArraySpec lastSpec;
    private long lastLength;

    /**
     * @param epoch of the attempt, which closes it
     * @param receivers of the edge
     * @param creditBytes that may be on their way to each receiver
     */
    EdgeSender(
            SharedMemoryPool pool,
            Epoch epoch,
            TransferOptions options,
            int receivers,
            long creditBytes,
            BoundedWait wait,
            DropInCounts counts) {
        this.pool = pool;
        this.epoch = epoch;
        this.options = options;
        this.creditBytes = creditBytes;
        this.wait = wait;
        this.counts = counts;
        channels = new PacedChannel[receivers];
        invited = new boolean[receivers];
    }

    /** To be called before each record, when the one before it has been written. */
    void beginRecord() {
        wait.flushIfDue();
        bytesOfRecord = 0;
        invitesInRecord = false;
    }

    /** Whether an array of that size may go by reference. */
    boolean isLarge(long bytes) {
        return bytes >= options.smallestByReferenceBytes();
    }

    /** Writes a reference and returns true, or false if the value is to be written, perhaps behind an invitation. */
    <A> boolean write(PrimitiveArraySerializer<A> serializer, A array, int receiver, DataOutput target)
            throws IOException {
        PacedChannel channel = channels[receiver];
        if (channel == null) {
            counts.countValue(invite(receiver, target) ? ByValueReason.NO_ANSWER : ByValueReason.NO_POOL);
            return false;
        }
        ByValueReason obstacle = obstacle(channel, serializer.bytes(array));
        if (obstacle != null) {
            counts.countValue(obstacle);
            return false;
        }
        SegmentRef reference = put(serializer, array);
        if (reference == null) {
            return false;
        }
        channel.putInFlight(reference.length());
        bytesOfRecord += reference.length();
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
        OutgoingChannel channel = Access.openChannel(epoch);
        if (channel == null) {
            return false;
        }
        channels[receiver] = new PacedChannel(channel, creditBytes, options, wait);
        invitesInRecord = true;
        target.writeInt(PrimitiveArraySerializer.INVITATION);
        target.writeLong(pool.id());
        target.writeInt(channel.index());
        target.writeLong(channel.nonce());
        return true;
    }

    private @Nullable ByValueReason obstacle(PacedChannel channel, long bytes) {
        if (invitesInRecord) {
            // The receiver cannot answer before the record is complete.
            return ByValueReason.NO_ANSWER;
        }
        try {
            return channel.obstacle(bytes, bytesOfRecord);
        } catch (InterruptedException e) {
            // The task is cancelled: what is written next says so in Flink's own way.
            Thread.currentThread().interrupt();
            return ByValueReason.NO_CREDIT;
        }
    }

    /** Puts a copy of the array in flight, or returns null and counts why it goes by value. */
    private <A> @Nullable SegmentRef put(PrimitiveArraySerializer<A> serializer, A array) {
        try (ArrayWriter writer = pool.newArray(spec(serializer.dtype(), serializer.length(array)))) {
            serializer.copyInto(writer.array(), array);
            try (Segment segment = writer.seal()) {
                // Nobody else has it.
                SegmentRef reference = requireNonNull(segment.trySend(epoch));
                counts.countReference(reference.length());
                return reference;
            }
        } catch (SharedMemoryException e) {
            // Whatever is wrong with the pool, the value can still be sent.
            LOG.debug("An array goes by value: {}", e.getMessage());
            counts.countValue(e.kind() == Kind.FULL ? ByValueReason.POOL_FULL : ByValueReason.NO_POOL);
            return null;
        }
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
