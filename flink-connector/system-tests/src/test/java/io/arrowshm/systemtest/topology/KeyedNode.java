package io.arrowshm.systemtest.topology;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Passes some records on, and emits a summary and the largest record of each key at the end. */
final class KeyedNode<T> extends KeyedProcessFunction<Long, T, T> implements CountingFunction<T> {
    private static final long serialVersionUID = 1L;

    private final NodeTask<T> task;
    private transient KeyTotals totals;
    private transient ValueState<T> largest;

    KeyedNode(NodeTask<T> task) {
        this.task = task;
    }

    @Override
    public NodeTask<T> task() {
        return task;
    }

    @Override
    public void open(OpenContext context) {
        totals = new KeyTotals(1, getRuntimeContext());
        largest = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("largest", task.carrier().type()));
    }

    @Override
    public void processElement(T record, Context context, Collector<T> out) throws Exception {
        long first = task.take(record);
        totals.add(0, first);
        T before = largest.value();
        if (before == null || task.carrier().first(before) < first) {
            largest.update(task.carrier().keep(record));
        }
        context.timerService().registerEventTimeTimer(Logic.END);
        if (task.logic().passes(first)) {
            out.collect(record);
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<T> out) throws Exception {
        task.carrier().make(task.logic().summary(context.getCurrentKey(), totals.get()), out::collect);
        out.collect(largest.value());
    }

    @Override
    public void close() throws Exception {
        task.close(getRuntimeContext());
    }
}
