package io.arrowshm.systemtest.topology;

import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** Passes some records on, and makes none to two of each. */
final class FlatMapNode<T> extends RichFlatMapFunction<T, T> implements CountingFunction<T> {
    private static final long serialVersionUID = 1L;

    private final NodeTask<T> task;

    FlatMapNode(NodeTask<T> task) {
        this.task = task;
    }

    @Override
    public NodeTask<T> task() {
        return task;
    }

    @Override
    public void flatMap(T record, Collector<T> out) throws Exception {
        long first = task.take(record);
        if (task.logic().passes(first)) {
            out.collect(record);
        }
        for (int i = 0; i < task.logic().further(first); i++) {
            task.carrier().make(task.logic().made(first, i), out::collect);
        }
    }

    @Override
    public void close() throws Exception {
        task.close(getRuntimeContext());
    }
}
