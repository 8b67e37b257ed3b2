package io.arrowshm.benchmark.flink.job;

import java.util.Arrays;

/**
 * What every array is filled with. Its first element says which array it is; if arrays come at a fixed rate the second one
 * says when it was due, which all processes of a machine measure by the same clock. One thread.
 */
final class Template {
    /** Of the element that says when an array was due. */
    static final int DUE = 1;

    private static final double VALUE = 0.5;

    private final Load load;
    private final double[] values;
    private long startNanos = Long.MAX_VALUE;

    Template(Load load) {
        this.load = load;
        values = new double[load.doubles()];
        Arrays.fill(values, VALUE);
    }

    /** Valid until the next call; the first element is the caller's to set. */
    double[] of(long number) {
        if (load.isPaced()) {
            // No array comes before it is due, so the earliest one of all shows when the source has started. Whatever
            // keeps the source from sending later ones in time counts for how long these took.
            startNanos = Math.min(startNanos, System.nanoTime() - load.dueNanos(number));
            values[DUE] = startNanos + load.dueNanos(number);
        }
        return values;
    }

    /** The sum of everything that is read of the arrays from 0 on; exact as long as it is below 2^52. */
    static double expectedSum(Load load, long arrays) {
        double numbers = arrays * (arrays - 1) / 2.0;
        return load.reads() == Load.Reads.ALL ? numbers + arrays * (load.doubles() - 1) * VALUE : numbers;
    }
}
