package io.arrowshm.flink;

import io.arrowshm.Segment;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;

/** How many segments of its key there were before, and what was broadcast, negated. */
final class KeyedBroadcastCounts extends KeyedBroadcastProcessFunction<Long, Segment, Long, Long> {
    private static final long serialVersionUID = 1L;

    private transient ValueState<Long> count;

    @Override
    public void open(OpenContext context) {
        count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
    }

    @Override
    public void processElement(Segment segment, ReadOnlyContext context, Collector<Long> out) throws Exception {
        long before = count.value() == null ? 0 : count.value();
        count.update(before + 1);
        out.collect(before);
    }

    @Override
    public void processBroadcastElement(Long number, Context context, Collector<Long> out) throws Exception {
        context.getBroadcastState(TwoInputsTest.STATE).put(number, number);
        out.collect(-number);
    }
}
