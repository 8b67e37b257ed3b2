package io.arrowshm.benchmark.e2e;

import java.time.Duration;

/** How fast this machine copies an array to memory that was touched before: what filling an array costs at least. */
final class MemoryCopy {
    private static final int COPIES_PER_LOOK = 16;
    private static final double GIGABYTE = 1e9;

    private MemoryCopy() {}

    /** In 10^9 bytes a second, by one thread. */
    static double gigabytesPerSecond(int doubles, Duration time) {
        double[] source = new double[doubles];
        double[] target = new double[doubles];
        long since = System.nanoTime();
        long copies = 0;
        long nanos;
        do {
            for (int i = 0; i < COPIES_PER_LOOK; i++) {
                // Each copy is of something else, so that none can be left out.
                source[0] = copies++;
                System.arraycopy(source, 0, target, 0, doubles);
            }
            nanos = System.nanoTime() - since;
        } while (nanos < time.toNanos() || target[0] < 0);
        return copies * (double) doubles * Double.BYTES / GIGABYTE / (nanos / 1e9);
    }
}
