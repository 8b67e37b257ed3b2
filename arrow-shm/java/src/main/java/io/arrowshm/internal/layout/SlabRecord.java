package io.arrowshm.internal.layout;

/**
 * One slab: {@code blockCount} blocks of {@code blockBytes} for the slots from {@code firstSlot}. Records are filled in
 * order and never removed; the slab exists from the release store of {@code blockBytes}.
 *
 * <pre>
 *  0  block bytes      0 if there is no such slab
 *  8  first slot
 * 16  block count
 * 24  version          how often another file took the place of the slab's: its file is {@code <index>} or
 *                      {@code <index>.<version>}
 * </pre>
 */
public final class SlabRecord {
    public static final int BYTES = 32;
    public static final int BLOCK_BYTES = 0;
    public static final int FIRST_SLOT = 8;
    public static final int BLOCK_COUNT = 16;
    public static final int VERSION = 24;

    private SlabRecord() {}
}
