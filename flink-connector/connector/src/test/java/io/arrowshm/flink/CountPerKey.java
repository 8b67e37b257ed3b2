package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.Segment;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/** Emits how many elements of its key it has seen, of both streams. */
final class CountPerKey<B> extends KeyedCoProcessFunction<Long, Segment, B, Long> {
    private static final long serialVersionUID = 1L;

    private transient ValueState<Long> count;

    @Override
    public void open(OpenContext context) {
        count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
    }

    @Override
    public void processElement1(Segment segment, Context context, Collector<Long> out) throws Exception {
        assertThat(context.getCurrentKey()).isEqualTo(TestSegments.number(segment) % TwoInputsTest.KEYS);
        add(out);
    }

    @Override
    public void processElement2(B element, Context context, Collector<Long> out) throws Exception {
        add(out);
    }

    private void add(Collector<Long> out) throws Exception {
        long seen = (count.value() == null ? 0 : count.value()) + 1;
        count.update(seen);
        out.collect(seen);
    }
}
