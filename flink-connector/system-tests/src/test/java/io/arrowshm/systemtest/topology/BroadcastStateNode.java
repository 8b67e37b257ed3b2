package io.arrowshm.systemtest.topology;

import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;

/** Passes some records on, and makes one of each broadcast element in every subtask. */
final class BroadcastStateNode<T> extends BroadcastProcessFunction<T, Long, T> implements CountingFunction<T> {
    static final MapStateDescriptor<Long, Long> ELEMENTS = new MapStateDescriptor<>("elements", Types.LONG, Types.LONG);

    private static final long serialVersionUID = 1L;

    private final NodeTask<T> task;

    BroadcastStateNode(NodeTask<T> task) {
        this.task = task;
    }

    @Override
    public NodeTask<T> task() {
        return task;
    }

    @Override
    public void processElement(T record, ReadOnlyContext context, Collector<T> out) {
        if (task.logic().passes(task.take(record))) {
            out.collect(record);
        }
    }

    @Override
    public void processBroadcastElement(Long element, Context context, Collector<T> out) throws Exception {
        context.getBroadcastState(ELEMENTS).put(element, element);
        task.carrier().make(task.logic().made(element, 0), out::collect);
    }

    @Override
    public void close() throws Exception {
        task.close(getRuntimeContext());
    }
}
