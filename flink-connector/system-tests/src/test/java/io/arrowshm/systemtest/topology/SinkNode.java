package io.arrowshm.systemtest.topology;

import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Counts records and emits nothing. */
final class SinkNode<T> extends RichFlatMapFunction<T, Long> implements CountingFunction<T> {
    private static final long serialVersionUID = 1L;

    private final NodeTask<T> task;

    SinkNode(NodeTask<T> task) {
        this.task = task;
    }

    @Override
    public NodeTask<T> task() {
        return task;
    }

    @Override
    public void flatMap(T record, Collector<Long> out) {
        task.take(record);
    }

    @Override
    public void close() throws Exception {
        task.close(getRuntimeContext());
    }
}
