package io.arrowshm.internal.registry;

import static io.arrowshm.internal.layout.ChannelRecord.CLOSED_TO_RECEIVERS;
import static io.arrowshm.internal.layout.ChannelRecord.NOT_JOINED;
import static io.arrowshm.internal.layout.ChannelRecord.receiverOf;

import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.ChannelRecord;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import java.security.SecureRandom;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The channels of a pool. A sender opens one and invites; a receiver that has this very pool open joins it; from then on
 * references may travel, and two counters with one writer each say how many bytes are on their way. A channel lives
 * until the epoch of its sender is void. Any thread.
 */
public final class Channels implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final MappedFile records;

    public Channels(MappedFile records) {
        this.records = records;
    }

    public static long bytes() {
        return (long) ChannelRecord.COUNT * ChannelRecord.BYTES;
    }

    /** Opens a channel of a living epoch, or returns null if all are taken. */
    public @Nullable Channel open(int senderEpoch) {
        for (int channel = 0; channel < ChannelRecord.COUNT; channel++) {
            long address = address(channel);
            if (Memory.getLongVolatile(address + ChannelRecord.SENDER) == 0
                    && Memory.compareAndSetLong(address + ChannelRecord.SENDER, 0, senderEpoch)) {
                FaultPoint.CHANNEL_WITHOUT_NONCE.reached();
                Memory.putLong(address + ChannelRecord.BYTES_SENT, 0);
                Memory.putLong(address + ChannelRecord.BYTES_RECEIVED, 0);
                long nonce = RANDOM.nextLong() | 1;
                Memory.putLong(address + ChannelRecord.RECEIVER, ChannelRecord.receiver(nonce, NOT_JOINED));
                Memory.putLongVolatile(address + ChannelRecord.NONCE, nonce);
                return new Channel(channel, nonce, address);
            }
        }
        return null;
    }

    /** Answers an invitation for a living epoch, or returns null if the invitation is not valid any more. */
    public @Nullable Channel join(int channel, long nonce, int receiverEpoch) {
        if (channel < 0 || channel >= ChannelRecord.COUNT || nonce == 0) {
            return null;
        }
        long address = address(channel);
        // The nonce once more in the compare-and-set: the record may be given to another channel in between, and its
        // sender must not take this for an answer, not even for a moment.
        boolean joined = Memory.getLongVolatile(address + ChannelRecord.NONCE) == nonce
                && Memory.compareAndSetLong(
                        address + ChannelRecord.RECEIVER,
                        ChannelRecord.receiver(nonce, NOT_JOINED),
                        ChannelRecord.receiver(nonce, receiverEpoch));
        return joined ? new Channel(channel, nonce, address) : null;
    }

    /**
     * Closes every channel of a sender to further receivers and tells whether all that have joined are gone.
     *
     * @param isGone whether an epoch has ended
     */
    public boolean closeToReceivers(int senderEpoch, IntPredicate isGone) {
        boolean allGone = true;
        for (int channel = 0; channel < ChannelRecord.COUNT; channel++) {
            long address = address(channel);
            if (Memory.getLongVolatile(address + ChannelRecord.SENDER) == senderEpoch) {
                int receiver = closeToReceivers(address + ChannelRecord.RECEIVER);
                allGone &= receiver == CLOSED_TO_RECEIVERS || isGone.test(receiver);
            }
        }
        return allGone;
    }

    /** Gives the channels of a void epoch back. */
    public void free(int senderEpoch) {
        for (int channel = 0; channel < ChannelRecord.COUNT; channel++) {
            long address = address(channel);
            if (Memory.getLongVolatile(address + ChannelRecord.SENDER) == senderEpoch) {
                // Its next sender may die before it has written anything: nobody is its receiver then.
                Memory.putLong(address + ChannelRecord.RECEIVER, CLOSED_TO_RECEIVERS);
                Memory.putLong(address + ChannelRecord.NONCE, 0);
                FaultPoint.FREEING_CHANNEL.reached();
                Memory.putLongVolatile(address + ChannelRecord.SENDER, 0);
            }
        }
    }

    /** Whether any channel in use names the epoch as its receiver. */
    public boolean isReceiver(int epoch) {
        for (int channel = 0; channel < ChannelRecord.COUNT; channel++) {
            long address = address(channel);
            if (Memory.getLongVolatile(address + ChannelRecord.SENDER) != 0
                    && receiverOf(Memory.getLongVolatile(address + ChannelRecord.RECEIVER)) == epoch) {
                return true;
            }
        }
        return false;
    }

    /** Epoch index of the sender as it stands in the record, 0 if the channel is free. */
    public long sender(int channel) {
        return Memory.getLongVolatile(address(channel) + ChannelRecord.SENDER);
    }

    /** {@link ChannelRecord#NOT_JOINED}, {@link ChannelRecord#CLOSED_TO_RECEIVERS} or the receiver's epoch index. */
    public int receiver(int channel) {
        return receiverOf(Memory.getLongVolatile(address(channel) + ChannelRecord.RECEIVER));
    }

    @Override
    public void close() {
        records.close();
    }

    /** Returns the receiver if one was faster. */
    private static int closeToReceivers(long address) {
        while (true) {
            long value = Memory.getLongVolatile(address);
            int receiver = receiverOf(value);
            if (receiver != NOT_JOINED) {
                return receiver;
            }
            Memory.compareAndSetLong(address, value, ChannelRecord.receiver(value, CLOSED_TO_RECEIVERS));
        }
    }

    private long address(int channel) {
        return records.address() + (long) channel * ChannelRecord.BYTES;
    }
}
