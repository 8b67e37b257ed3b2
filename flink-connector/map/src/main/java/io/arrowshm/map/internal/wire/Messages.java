package io.arrowshm.map.internal.wire;

/**
 * What the processes of a context say to each other: the first byte of a message is one of these, and behind it stands what its
 * comment says. Numbers are big endian; texts as {@link java.io.DataOutput#writeUTF} has them, or with their length as int.
 */
public final class Messages {
    /** Raised whenever a message changes: both sides say it first, and refuse another one. */
    public static final int VERSION = 1;

    // From a client.

    /** int version, long process id. */
    public static final byte HELLO = 1;
    /** A call: {@link CallMessage}. Answered by DONE. */
    public static final byte CALL = 2;
    /** long call: its table says that it is to stop; interrupt its kernel. */
    public static final byte CANCEL = 3;
    /** The worker is to end once no client is left. */
    public static final byte END = 4;

    // From a worker.

    /**
     * int version, int worker, int workers, long process id, text host, text directory of the pools, text name of the pool,
     * boolean whether the process may be killed.
     */
    public static final byte WELCOME = 16;
    /** long call, boolean failed; if so long index, int length and the exception: {@code Thrown}. */
    public static final byte DONE = 17;
    /** long call, int range, int length and references to the segments of the result, int length and its parcel. */
    public static final byte RESULT = 18;

    private Messages() {}
}
