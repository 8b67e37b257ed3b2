package io.arrowshm.systemtest.topology;

import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Passes some records on, some at the side, and some both ways. */
final class SideOutputNode<T> extends ProcessFunction<T, T> implements CountingFunction<T> {
    private static final long serialVersionUID = 1L;

    private final NodeTask<T> task;
    private final OutputTag<T> side;

    SideOutputNode(NodeTask<T> task) {
        this.task = task;
        this.side = side(task.carrier());
    }

    static <T> OutputTag<T> side(Carrier<T> carrier) {
        return new OutputTag<>("side", carrier.type());
    }

    @Override
    public NodeTask<T> task() {
        return task;
    }

    @Override
    public void processElement(T record, Context context, Collector<T> out) {
        long first = task.take(record);
        if (task.logic().passes(first)) {
            out.collect(record);
        }
        if (task.logic().passesAtTheSide(first)) {
            context.output(side, record);
        }
    }

    @Override
    public void close() throws Exception {
        task.close(getRuntimeContext());
    }
}
