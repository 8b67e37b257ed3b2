package io.arrowshm.benchmark.e2e.job;

import java.util.Arrays;

/** What every array is filled with, but for its first element, which says which it is. */
final class Template {
    private static final double VALUE = 0.5;

    private Template() {}

    static double[] of(int doubles) {
        double[] values = new double[doubles];
        Arrays.fill(values, VALUE);
        return values;
    }

    /** The sum of everything that is read of the arrays from 0 on; exact as long as it is below 2^52. */
    static double expectedSum(Load load, long arrays) {
        double numbers = arrays * (arrays - 1) / 2.0;
        return load.reads() == Load.Reads.ALL ? numbers + arrays * (load.doubles() - 1) * VALUE : numbers;
    }
}
