package io.arrowshm.jobs.topology;

/** A record as Flink serialises it by default: a POJO. */
public final class Numbers {
    public long[] values = {};
}
