package io.arrowshm.internal.layout;

/**
 * Where a slot's block lies: one word, so that nobody sees a half of it.
 *
 * <pre>
 *  0  slots in use     one past the highest slot that was ever given a block
 *  8  last slab        the highest number that a slab was given
 * 64  place of slot 0, then of each other
 *
 *  63                        24 23          16 15              0
 * ┌────────────────────────────┬──────────────┬─────────────────┐
 * │ slab, from 1; 0: no block  │  size class  │  block in slab  │
 * └────────────────────────────┴──────────────┴─────────────────┘
 * </pre>
 */
public final class Place {
    public static final int SLOTS_IN_USE = 0;
    public static final int LAST_SLAB = 8;
    public static final int HEADER_BYTES = 64;
    public static final int BYTES = 8;
    /** Of a slot that never had a block. */
    public static final long NONE = 0;

    public static final int MAX_BLOCKS = 1 << 16;
    public static final long MAX_SLAB = (1L << 40) - 1;

    private static final int CLASS_SHIFT = 16;
    private static final int SLAB_SHIFT = 24;
    private static final int CLASS_MASK = 0xff;

    private Place() {}

    public static long of(long slab, int sizeClass, int block) {
        return slab << SLAB_SHIFT | (long) sizeClass << CLASS_SHIFT | block;
    }

    public static long slab(long place) {
        return place >>> SLAB_SHIFT;
    }

    public static int sizeClass(long place) {
        return (int) (place >>> CLASS_SHIFT) & CLASS_MASK;
    }

    public static int block(long place) {
        return (int) place & MAX_BLOCKS - 1;
    }

    /** What all blocks of a slab have in common. */
    public static boolean isOfOneSlab(long place, long other) {
        return place >>> CLASS_SHIFT == other >>> CLASS_SHIFT;
    }

    /** Where in {@code slabs/table} the place of a slot stands. */
    public static long offset(int slot) {
        return HEADER_BYTES + (long) slot * BYTES;
    }
}
