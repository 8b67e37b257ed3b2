package io.arrowshm.shm.layout;

/**
 * One channel from a sending to a receiving epoch: the invitation and the credit. The counters have one writer each and
 * a cache line each.
 *
 * <pre>
 *   0  sender           epoch index, 0 if the channel is free
 *   8  nonce            of the invitation; never 0
 *  16  receiver         0: not joined; -1: closed to receivers; else the epoch index of the receiver
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

    public static final long NOT_JOINED = 0;
    public static final long CLOSED_TO_RECEIVERS = -1;

    /** Channels a pool can have. */
    public static final int COUNT = 4096;

    private ChannelRecord() {}
}
