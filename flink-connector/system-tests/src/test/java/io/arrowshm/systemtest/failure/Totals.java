package io.arrowshm.systemtest.failure;

import io.arrowshm.Segment;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Counts and sums records by key, in keyed state; when the input ends all keys' totals go into two accumulators. So these
 * are right only if every record got into the state exactly once, in whichever attempt.
 */
final class Totals extends KeyedProcessFunction<Long, Segment, Long> {
    private static final long serialVersionUID = 1L;

    private final String job;
    private final LongCounter records = new LongCounter();
    private final LongCounter sum = new LongCounter();
    private transient ValueState<Long> recordsOfKey;
    private transient ValueState<Long> sumOfKey;

    Totals(String job) {
        this.job = job;
    }

    static String records(String job) {
        return "records of " + job;
    }

    static String sum(String job) {
        return "sum of " + job;
    }

    @Override
    public void open(OpenContext context) {
        getRuntimeContext().addAccumulator(records(job), records);
        getRuntimeContext().addAccumulator(sum(job), sum);
        recordsOfKey = getRuntimeContext().getState(new ValueStateDescriptor<>("records", Types.LONG));
        sumOfKey = getRuntimeContext().getState(new ValueStateDescriptor<>("sum", Types.LONG));
    }

    @Override
    public void processElement(Segment segment, Context context, Collector<Long> out) throws Exception {
        recordsOfKey.update(1 + orZero(recordsOfKey.value()));
        sumOfKey.update(MakeArrays.number(segment) + orZero(sumOfKey.value()));
        context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
    }

    @Override
    public void onTimer(long endOfInput, OnTimerContext context, Collector<Long> out) throws Exception {
        records.add(recordsOfKey.value());
        sum.add(sumOfKey.value());
    }

    private static long orZero(Long total) {
        return total == null ? 0 : total;
    }
}
