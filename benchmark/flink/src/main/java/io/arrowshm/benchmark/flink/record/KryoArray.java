package io.arrowshm.benchmark.flink.record;

/** An array in a class that is no POJO to Flink, as its fields cannot be set. */
public final class KryoArray {
    private final double[] values;

    KryoArray(int length) {
        values = new double[length];
    }

    double[] values() {
        return values;
    }
}
