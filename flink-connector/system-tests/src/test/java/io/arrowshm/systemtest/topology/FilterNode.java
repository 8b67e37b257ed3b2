package io.arrowshm.systemtest.topology;

import org.apache.flink.api.common.functions.RichFilterFunction;

/** Passes some records on. */
final class FilterNode<T> extends RichFilterFunction<T> implements CountingFunction<T> {
    private static final long serialVersionUID = 1L;

    private final NodeTask<T> task;

    FilterNode(NodeTask<T> task) {
        this.task = task;
    }

    @Override
    public NodeTask<T> task() {
        return task;
    }

    @Override
    public boolean filter(T record) {
        return task.logic().passes(task.take(record));
    }

    @Override
    public void close() throws Exception {
        task.close(getRuntimeContext());
    }
}
