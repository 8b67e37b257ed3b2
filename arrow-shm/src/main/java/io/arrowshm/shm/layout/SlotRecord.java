package io.arrowshm.shm.layout;

/**
 * What the registry keeps of a slot: one cache line.
 *
 * <pre>
 *  0  ownership word   {@link OwnershipWord}
 *  8  length           bytes of the sealed segment, written before it is sealed
 * 16  reserved, zero
 * </pre>
 */
public final class SlotRecord {
    public static final int BYTES = 64;
    public static final int WORD = 0;
    public static final int LENGTH = 8;

    private SlotRecord() {}
}
