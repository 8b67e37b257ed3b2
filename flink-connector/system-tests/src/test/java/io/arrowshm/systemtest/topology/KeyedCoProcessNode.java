package io.arrowshm.systemtest.topology;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/** Passes some records of the first input on, and emits a summary of both inputs for each key at the end. */
final class KeyedCoProcessNode<T> extends KeyedCoProcessFunction<Long, T, T, T> implements CountingFunction<T> {
    private static final long serialVersionUID = 1L;

    private final NodeTask<T> task;
    private transient KeyTotals totals;

    KeyedCoProcessNode(NodeTask<T> task) {
        this.task = task;
    }

    @Override
    public NodeTask<T> task() {
        return task;
    }

    @Override
    public void open(OpenContext context) {
        totals = new KeyTotals(2, getRuntimeContext());
    }

    @Override
    public void processElement1(T record, Context context, Collector<T> out) throws Exception {
        if (task.logic().passes(gather(0, record, context))) {
            out.collect(record);
        }
    }

    @Override
    public void processElement2(T record, Context context, Collector<T> out) throws Exception {
        gather(1, record, context);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<T> out) throws Exception {
        task.carrier().make(task.logic().summary(context.getCurrentKey(), totals.get()), out::collect);
    }

    @Override
    public void close() throws Exception {
        task.close(getRuntimeContext());
    }

    private long gather(int input, T record, Context context) throws Exception {
        long first = task.take(record);
        totals.add(input, first);
        context.timerService().registerEventTimeTimer(Logic.END);
        return first;
    }
}
