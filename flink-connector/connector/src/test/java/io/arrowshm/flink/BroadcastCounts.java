package io.arrowshm.flink;

import io.arrowshm.Segment;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.util.Collector;

/** Numbers of segments, and what was broadcast, negated. */
final class BroadcastCounts extends BroadcastProcessFunction<Segment, Long, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(Segment segment, ReadOnlyContext context, Collector<Long> out) {
        out.collect(TestSegments.number(segment));
    }

    @Override
    public void processBroadcastElement(Long number, Context context, Collector<Long> out) throws Exception {
        context.getBroadcastState(TwoInputsTest.STATE).put(number, number);
        out.collect(-number);
    }
}
