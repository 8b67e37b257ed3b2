package io.arrowshm.systemtest.topology;

import org.apache.flink.api.common.functions.Partitioner;

/** A custom partitioning. */
final class RemainderPartitioner implements Partitioner<Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public int partition(Long key, int receivers) {
        return (int) Math.floorMod(key, (long) receivers);
    }
}
