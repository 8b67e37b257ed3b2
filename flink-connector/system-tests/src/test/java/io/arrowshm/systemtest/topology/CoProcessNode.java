package io.arrowshm.systemtest.topology;

import org.apache.flink.streaming.api.functions.co.CoProcessFunction;
import org.apache.flink.util.Collector;

/** Makes a record of each one of the first input, and passes some of the second on. */
final class CoProcessNode<T> extends CoProcessFunction<T, T, T> implements CountingFunction<T> {
    private static final long serialVersionUID = 1L;

    private final NodeTask<T> task;

    CoProcessNode(NodeTask<T> task) {
        this.task = task;
    }

    @Override
    public NodeTask<T> task() {
        return task;
    }

    @Override
    public void processElement1(T record, Context context, Collector<T> out) throws Exception {
        task.carrier().make(task.logic().made(task.take(record), 0), out::collect);
    }

    @Override
    public void processElement2(T record, Context context, Collector<T> out) {
        if (task.logic().passes(task.take(record))) {
            out.collect(record);
        }
    }

    @Override
    public void close() throws Exception {
        task.close(getRuntimeContext());
    }
}
