package io.arrowshm.systemtest.exchange;

import io.arrowshm.cluster.Gate;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/** Sums what it sees into an accumulator; its first record waits at the gate. Accumulators of failed attempts are dropped. */
final class GatedSum extends RichMapFunction<Long, Long> {
    static final String SUM = "sum";
    private static final long serialVersionUID = 1L;

    private final Gate gate;
    private final LongCounter sum = new LongCounter();
    private transient boolean passed;

    GatedSum(Gate gate) {
        this.gate = gate;
    }

    @Override
    public void open(OpenContext context) {
        getRuntimeContext().addAccumulator(SUM, sum);
    }

    @Override
    public Long map(Long value) {
        if (!passed) {
            gate.pass();
            passed = true;
        }
        sum.add(value);
        return value;
    }
}
