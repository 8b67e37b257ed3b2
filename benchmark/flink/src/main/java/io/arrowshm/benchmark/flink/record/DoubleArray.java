package io.arrowshm.benchmark.flink.record;

/** A POJO as Flink's documentation recommends them. */
public class DoubleArray {
    public double[] values = {};
}
