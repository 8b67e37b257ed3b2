package io.arrowshm.internal.layout;

/**
 * Which process participant p is. Written by it under its lock, after any leftovers of its predecessor were swept; zeroed
 * by it when it leaves, or by the process that reaps it.
 *
 * <pre>
 *  0  process id, 0 if nobody: also the mark that bit p may stand in ownership words
 *  8  joined at, milliseconds since 1970
 * 16  incarnation      random, never 0: differs between any two that ever had this place
 * 24  command length   in bytes
 * 32  command          UTF-8, cut at {@link #COMMAND_BYTES}
 * </pre>
 */
public final class ParticipantRecord {
    public static final int BYTES = 256;
    public static final int PROCESS_ID = 0;
    public static final int JOINED_AT_MS = 8;
    public static final int INCARNATION = 16;
    public static final int COMMAND_LENGTH = 24;
    public static final int COMMAND = 32;
    public static final int COMMAND_BYTES = BYTES - COMMAND;

    private ParticipantRecord() {}
}
