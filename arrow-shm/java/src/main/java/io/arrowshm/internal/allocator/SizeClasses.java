package io.arrowshm.internal.allocator;

/**
 * The sizes of blocks: four a doubling (1, 1.25, 1.5, 1.75 times a power of two), so that at most a fifth of a block is
 * unused. A block is a multiple of 64 bytes, so that buffers keep Arrow's alignment.
 */
final class SizeClasses {
    static final long SMALLEST = 256;

    private static final int STEPS = 4;

    private SizeClasses() {}

    /** Bytes of the smallest block that holds so many bytes. */
    static long blockBytes(long bytes) {
        if (bytes <= SMALLEST) {
            return SMALLEST;
        }
        long doubling = Long.highestOneBit(bytes - 1);
        long step = doubling / STEPS;
        return (bytes + step - 1) / step * step;
    }
}
