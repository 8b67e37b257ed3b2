package io.arrowshm.systemtest.topology;

import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;

/** Number and sum of the records of the current key, for each input, in keyed state. One thread. */
final class KeyTotals {
    private final int inputs;
    private final ValueState<long[]> state;

    KeyTotals(int inputs, RuntimeContext context) {
        this.inputs = inputs;
        state = context.getState(
                new ValueStateDescriptor<>("totals", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    void add(int input, long first) throws Exception {
        long[] before = state.value();
        long[] totals = before == null ? new long[2 * inputs] : before.clone();
        totals[2 * input]++;
        totals[2 * input + 1] += first;
        state.update(totals);
    }

    /** Number and sum of the first input, then of the second. */
    long[] get() throws Exception {
        return state.value();
    }
}
