package io.arrowshm.jobs.cluster;

import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/** Sums the first and the last element of arrays into an accumulator; its first record waits at the gate. */
final class GatedArraySum extends RichMapFunction<double[], Long> {
    static final String SUM = "sum";
    private static final long serialVersionUID = 1L;

    private final Gate gate;
    private final LongCounter sum = new LongCounter();
    private transient boolean passed;

    GatedArraySum(Gate gate) {
        this.gate = gate;
    }

    @Override
    public void open(OpenContext context) {
        getRuntimeContext().addAccumulator(SUM, sum);
    }

    @Override
    public Long map(double[] array) {
        if (!passed) {
            gate.pass();
            passed = true;
        }
        sum.add((long) (array[0] + array[array.length - 1]));
        return (long) array.length;
    }
}
