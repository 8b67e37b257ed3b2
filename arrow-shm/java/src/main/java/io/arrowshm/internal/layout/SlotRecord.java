package io.arrowshm.internal.layout;

/**
 * What the registry keeps of a slot: one cache line.
 *
 * <pre>
 *  0  ownership word   {@link OwnershipWord}
 *  8  length           bytes of the segment, written before it is sealed or shared
 * 16  lent generation  the last generation that runtimes other than JVMs were told of, 0 if none: the slot's lease
 *                      has to be looked at before it is used again
 * 24  creator          index of the participant that allocated it, plus 1; 4 bytes
 * 28  creator's pid    process id, for people; 4 bytes
 * 32  names            how many there are, changed under the names lock
 * 40  checksum         CRC-32C of the sealed segment, if the pool has checksums; -1 if it is not known
 * 48  further holders  {@link FurtherHolders}, 16 bytes
 * </pre>
 */
public final class SlotRecord {
    public static final int BYTES = 64;
    public static final int WORD = 0;
    public static final int LENGTH = 8;
    public static final int LENT_GENERATION = 16;
    public static final int CREATOR = 24;
    public static final int CREATOR_PROCESS_ID = 28;
    public static final int NAMES = 32;
    public static final int CHECKSUM = 40;
    public static final int FURTHER_HOLDERS = 48;

    /** The checksum of a segment that was shared, from before it is sealed until it is computed. */
    public static final long NO_CHECKSUM = -1;

    private SlotRecord() {}
}
