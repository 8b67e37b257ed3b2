package io.arrowshm.systemtest.topology;

import org.apache.flink.api.common.functions.ReduceFunction;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/** Emits the largest record of each key and window, and a summary. */
final class WindowNode<T> extends ProcessWindowFunction<T, T, Long, TimeWindow> implements CountingFunction<T> {
    private static final long serialVersionUID = 1L;

    private final NodeTask<T> task;

    WindowNode(NodeTask<T> task) {
        this.task = task;
    }

    /** What the window keeps: one record. */
    static <T> ReduceFunction<T> largest(Carrier<T> carrier) {
        return (one, other) -> carrier.first(one) < carrier.first(other) ? other : one;
    }

    @Override
    public NodeTask<T> task() {
        return task;
    }

    @Override
    public void process(Long key, Context context, Iterable<T> elements, Collector<T> out) throws Exception {
        for (T largest : elements) {
            long first = task.take(largest);
            out.collect(largest);
            task.carrier().make(task.logic().summary(key, context.window().getStart(), first), out::collect);
        }
    }

    @Override
    public void close() throws Exception {
        task.close(getRuntimeContext());
    }
}
