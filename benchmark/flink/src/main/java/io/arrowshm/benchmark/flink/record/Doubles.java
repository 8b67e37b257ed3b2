package io.arrowshm.benchmark.flink.record;

/** What formats do with arrays on the heap. */
final class Doubles {
    private Doubles() {}

    static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }
}
