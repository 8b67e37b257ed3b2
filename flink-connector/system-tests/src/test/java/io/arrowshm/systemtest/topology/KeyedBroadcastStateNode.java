package io.arrowshm.systemtest.topology;

import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;

/** Passes some records on, and emits a summary of each key and of all that was broadcast at the end. */
final class KeyedBroadcastStateNode<T> extends KeyedBroadcastProcessFunction<Long, T, Long, T>
        implements CountingFunction<T> {
    private static final long serialVersionUID = 1L;

    private final NodeTask<T> task;
    private transient KeyTotals totals;

    KeyedBroadcastStateNode(NodeTask<T> task) {
        this.task = task;
    }

    @Override
    public NodeTask<T> task() {
        return task;
    }

    @Override
    public void open(OpenContext context) {
        totals = new KeyTotals(1, getRuntimeContext());
    }

    @Override
    public void processElement(T record, ReadOnlyContext context, Collector<T> out) throws Exception {
        long first = task.take(record);
        totals.add(0, first);
        context.timerService().registerEventTimeTimer(Logic.END);
        if (task.logic().passes(first)) {
            out.collect(record);
        }
    }

    @Override
    public void processBroadcastElement(Long element, Context context, Collector<T> out) throws Exception {
        context.getBroadcastState(BroadcastStateNode.ELEMENTS).put(element, element);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<T> out) throws Exception {
        long elements = 0;
        for (Map.Entry<Long, Long> entry :
                context.getBroadcastState(BroadcastStateNode.ELEMENTS).immutableEntries()) {
            elements += entry.getValue();
        }
        long[] all = LongStream.concat(LongStream.of(totals.get()), LongStream.of(elements))
                .toArray();
        task.carrier().make(task.logic().summary(context.getCurrentKey(), all), out::collect);
    }

    @Override
    public void close() throws Exception {
        task.close(getRuntimeContext());
    }
}
