package io.arrowshm.systemtest.topology;

/** A record as Flink serialises it by default: a POJO. */
public final class Numbers {
    public long[] values = {};
}
