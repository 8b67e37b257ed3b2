package io.arrowshm.systemtest.topology;

import org.apache.flink.api.common.functions.RichMapFunction;

/** Makes one record of each. */
final class MapNode<T> extends RichMapFunction<T, T> implements CountingFunction<T> {
    private static final long serialVersionUID = 1L;

    private final NodeTask<T> task;

    MapNode(NodeTask<T> task) {
        this.task = task;
    }

    @Override
    public NodeTask<T> task() {
        return task;
    }

    @Override
    public T map(T record) throws Exception {
        return task.carrier().make(task.logic().made(task.take(record), 0));
    }

    @Override
    public void close() throws Exception {
        task.close(getRuntimeContext());
    }
}
