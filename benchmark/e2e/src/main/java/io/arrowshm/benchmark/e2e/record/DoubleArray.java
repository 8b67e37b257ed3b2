package io.arrowshm.benchmark.e2e.record;

/** A POJO as Flink's documentation recommends them. */
public class DoubleArray {
    public double[] values = {};
}
