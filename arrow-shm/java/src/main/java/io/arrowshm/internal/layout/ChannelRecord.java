package io.arrowshm.internal.layout;

/**
 * One channel from a sending to a receiving epoch: the invitation and the credit. The counters have one writer each and
 * a cache line each.
 *
 * <pre>
 *   0  sender           epoch index, 0 if the channel is free
 *   8  nonce            of the invitation; never 0
 *  16  receiver         bits 0-11: 0 not joined, 4095 closed to receivers, else the epoch index of the receiver;
 *                       bits 12-63: those of the nonce, so that an answer to an earlier invitation fails
 *  64  bytes sent       written by the sender
 * 128  bytes received   written by the receiver
 * </pre>
 */
public final class ChannelRecord {
    public static final int BYTES = 192;
    public static final int SENDER = 0;
    public static final int NONCE = 8;
    public static final int RECEIVER = 16;
    public static final int BYTES_SENT = 64;
    public static final int BYTES_RECEIVED = 128;

    public static final int NOT_JOINED = 0;
    public static final int CLOSED_TO_RECEIVERS = (1 << 12) - 1;

    /** Channels a pool can have. */
    public static final int COUNT = 4096;

    private ChannelRecord() {}

    /** What stands in {@link #RECEIVER}. */
    public static long receiver(long nonce, int receiver) {
        return (nonce & ~(long) CLOSED_TO_RECEIVERS) | receiver;
    }

    /** {@link #NOT_JOINED}, {@link #CLOSED_TO_RECEIVERS} or the epoch index of the receiver. */
    public static int receiverOf(long value) {
        return (int) value & CLOSED_TO_RECEIVERS;
    }
}
