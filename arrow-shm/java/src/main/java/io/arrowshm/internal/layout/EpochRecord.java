package io.arrowshm.internal.layout;

/**
 * One execution attempt that sends or receives. Index 0 is never used.
 *
 * <pre>
 *  0  state            {@link #FREE} or {@link #USED}: also the mark that the index may stand in ownership words
 *  8  name length      in bytes
 * 16  name             UTF-8, cut at {@link #NAME_BYTES}
 * </pre>
 */
public final class EpochRecord {
    public static final int BYTES = 256;
    public static final int STATE = 0;
    public static final int NAME_LENGTH = 8;
    public static final int NAME = 16;
    public static final int NAME_BYTES = BYTES - NAME;

    public static final long FREE = 0;
    public static final long USED = 1;

    private EpochRecord() {}
}
