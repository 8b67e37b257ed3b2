package io.arrowshm.benchmark.e2e.peers.jvm;

import io.arrowshm.shm.array.MutableNdArray;
import io.arrowshm.shm.array.NdArray;

/** Adds one to every element of arrays of doubles with one axis. One thread. */
final class Adder {
    /** 256 KiB: a part stays in the processor's second cache while it is copied, changed and written. */
    private static final int PART = 32 * 1024;

    private final double[] part = new double[PART];

    /** Sets an array to another one plus one; the two may be the same. */
    void addOne(NdArray from, MutableNdArray to) {
        long size = from.size();
        for (long start = 0; start < size; start += PART) {
            long stop = Math.min(size, start + PART);
            from.slice(0, start, stop).copyTo(part, 0);
            // A loop over a Java array, which the compiler turns into vector instructions.
            int count = (int) (stop - start);
            for (int i = 0; i < count; i++) {
                part[i] += 1;
            }
            to.slice(0, start, stop).copyFrom(part, 0);
        }
    }
}
