package io.arrowshm.flink.stream;

import io.arrowshm.internal.OutgoingChannel;
import java.util.function.BooleanSupplier;
import org.apache.flink.annotation.Internal;
import org.jspecify.annotations.Nullable;

/**
 * A channel as a sender uses it: references start when the receiver has answered, and no more of them are on their way than
 * it has credit for. Both are waited for, as back-pressure and for a bounded time; what waited in vain goes by value. One
 * thread.
 *
 * <p>What the record that is being written has put in flight itself does not count: its receiver cannot give that back
 * before the record is complete. So one record may always be on its way, however large.
 */
@Internal
public final class PacedChannel {
    /** What fills one of Flink's network buffers, by default: by value so much would not wait for more. */
    private static final int NETWORK_BUFFER_BYTES = 32 << 10;

    private final OutgoingChannel channel;
    private final long creditBytes;
    private final BoundedWait wait;
    private final BooleanSupplier joined;
    private final long answerDeadlineNanos;
    private final Patience patience;
    /** At least what is in flight: to see what the receiver has counted takes a cache line from it. */
    private long mostInFlight;

    private long unflushedBytes;

    /**
     * @param channel whose receiver is being invited
     * @param creditBytes that may be on their way on it
     * @param options how long to wait
     */
    public PacedChannel(OutgoingChannel channel, long creditBytes, TransferOptions options, BoundedWait wait) {
        this.channel = channel;
        this.creditBytes = creditBytes;
        this.wait = wait;
        joined = channel::isJoined;
        answerDeadlineNanos = System.nanoTime() + options.invitationTimeout().toNanos();
        patience = new Patience(options.creditTimeout());
    }

    /** By which the receiver knows it. */
    public int index() {
        return channel.index();
    }

    /**
     * Why so many bytes have to go by value, after waiting for what is missing; null if they may go by reference.
     *
     * @param bytesOfRecord that the record has put in flight already
     * @throws InterruptedException if the task is cancelled meanwhile
     */
    public @Nullable ByValueReason obstacle(long bytes, long bytesOfRecord) throws InterruptedException {
        if (!wait.until(joined, answerDeadlineNanos)) {
            return ByValueReason.NO_ANSWER;
        }
        if (hasCredit(bytes, bytesOfRecord)
                || wait.until(() -> hasCredit(bytes, bytesOfRecord), System.nanoTime() + patience.nanos())) {
            patience.helped();
            return null;
        }
        patience.wasInVain();
        return ByValueReason.NO_CREDIT;
    }

    /**
     * Counts a reference to so many bytes that has been put in flight.
     *
     * <p>References are so small that hundreds wait in one network buffer: without a flush now and then the receiver would
     * see none before the buffer times out, and the sender no credit. At full speed one is due once a millisecond or once in
     * a quarter of the credit; what comes at a moderate rate goes at once.
     */
    public void putInFlight(long bytes) {
        channel.sent(bytes);
        mostInFlight += bytes;
        unflushedBytes += bytes;
        if (unflushedBytes >= creditBytes / 4 || (unflushedBytes >= NETWORK_BUFFER_BYTES && wait.isFlushCheap())) {
            unflushedBytes = 0;
            wait.makeFlushDue();
        }
    }

    private boolean hasCredit(long bytes, long bytesOfRecord) {
        if (mostInFlight + bytes > creditBytes) {
            mostInFlight = channel.bytesInFlight();
        }
        return mostInFlight == bytesOfRecord || mostInFlight + bytes <= creditBytes;
    }
}
