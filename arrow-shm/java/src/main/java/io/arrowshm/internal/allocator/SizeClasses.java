package io.arrowshm.internal.allocator;

/**
 * The sizes of blocks: four a doubling (1, 1.25, 1.5, 1.75 times a power of two), so that at most a fifth of a block is
 * unused. A block is a multiple of 64 bytes, so that buffers keep Arrow's alignment. They are numbered from the smallest.
 */
public final class SizeClasses {
    static final long SMALLEST = 256;
    /** How many there are: above them, sizes are beyond a long. */
    public static final int COUNT = 216;

    private static final int STEPS = 4;
    private static final int SMALLEST_STEP_BITS = 6;

    private SizeClasses() {}

    /** Bytes of the smallest block that holds so many bytes. */
    public static long blockBytes(long bytes) {
        if (bytes <= SMALLEST) {
            return SMALLEST;
        }
        long doubling = Long.highestOneBit(bytes - 1);
        long step = doubling / STEPS;
        return (bytes + step - 1) / step * step;
    }

    /** The number of the size class whose blocks have so many bytes. */
    public static int sizeClass(long blockBytes) {
        int doubling = Long.numberOfTrailingZeros(Long.highestOneBit(blockBytes / SMALLEST));
        return doubling * STEPS + (int) (blockBytes >>> (doubling + SMALLEST_STEP_BITS)) - STEPS;
    }

    /** Bytes of each block of a size class. */
    public static long blockBytes(int sizeClass) {
        return (long) (STEPS + sizeClass % STEPS) << (sizeClass / STEPS + SMALLEST_STEP_BITS);
    }
}
