package io.arrowshm.flink;

import io.arrowshm.Segment;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every segment of its key in state, and fails unless each number that arrives is the next one of its key: then none
 * was lost, none came twice, and what is read from state is what was put there.
 */
final class HistoryPerKey extends KeyedProcessFunction<Long, Segment, Long> {
    static final int KEYS = 5;

    /** Of all subtasks in this JVM. */
    static final AtomicLong PROCESSED = new AtomicLong();

    static final AtomicLong TIMERS = new AtomicLong();

    private static final long serialVersionUID = 1L;

    private transient ListState<Segment> all;
    private transient ValueState<Segment> latest;
    private transient MapState<Long, Segment> byNumber;

    @Override
    public void open(OpenContext context) {
        all = getRuntimeContext().getListState(new ListStateDescriptor<>("all", SegmentTypeInfo.of()));
        latest = getRuntimeContext().getState(new ValueStateDescriptor<>("latest", SegmentTypeInfo.of()));
        byNumber = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("by number", Types.LONG, SegmentTypeInfo.of()));
    }

    @Override
    public void processElement(Segment segment, Context context, Collector<Long> out) throws Exception {
        long number = TestSegments.number(segment);
        long expected = context.getCurrentKey();
        for (Segment earlier : all.get()) {
            check("list", earlier, expected);
            expected += KEYS;
        }
        if (number != expected) {
            throw new IllegalStateException("key " + context.getCurrentKey() + " got " + number + ", not " + expected);
        }
        if (number >= KEYS) {
            check("value", latest.value(), number - KEYS);
            check("map", byNumber.get(number - KEYS), number - KEYS);
        }
        Segment kept = segment.copyToHeap();
        all.add(kept);
        latest.update(kept);
        byNumber.put(number, kept);
        context.timerService()
                .registerProcessingTimeTimer(context.timerService().currentProcessingTime() + 10);
        PROCESSED.incrementAndGet();
        out.collect(number);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Long> out) throws Exception {
        TestSegments.sum(latest.value());
        TIMERS.incrementAndGet();
    }

    private static void check(String state, @Nullable Segment segment, long number) {
        if (segment == null || TestSegments.sum(segment) != TestSegments.expectedSum(number)) {
            throw new IllegalStateException(state + " state has not the segment of " + number);
        }
    }
}
