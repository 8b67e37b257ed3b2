package io.arrowshm.systemtest.exchange;

import io.arrowshm.cluster.Gate;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/** Sums the first and the last element of arrays into an accumulator; waits at the gate once it has got some. */
final class GatedArraySum extends RichMapFunction<double[], Long> {
    static final String SUM = "sum";
    private static final long serialVersionUID = 1L;

    // By then it has joined, and what fills the buffers in front of it are references.
    private static final int BEFORE_GATE = 100;

    private final Gate gate;
    private final LongCounter sum = new LongCounter();
    private transient int received;

    GatedArraySum(Gate gate) {
        this.gate = gate;
    }

    @Override
    public void open(OpenContext context) {
        getRuntimeContext().addAccumulator(SUM, sum);
    }

    @Override
    public Long map(double[] array) {
        if (++received == BEFORE_GATE) {
            gate.pass();
        }
        sum.add((long) (array[0] + array[array.length - 1]));
        return (long) array.length;
    }
}
