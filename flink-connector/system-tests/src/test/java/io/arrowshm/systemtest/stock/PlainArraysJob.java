package io.arrowshm.systemtest.stock;

import java.util.Arrays;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** A job of somebody who has never heard of shared memory: arrays, and the sum of their elements. */
public final class PlainArraysJob {
    static final String SUM = "sum";
    private static final int LENGTH = 10_000;

    private PlainArraysJob() {}

    static long expectedSum(long arrays) {
        return arrays * (arrays - 1) / 2 * LENGTH;
    }

    /** @param args how many arrays */
    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.fromSequence(0, Long.parseLong(args[0]) - 1)
                .map(PlainArraysJob::array)
                .returns(long[].class)
                .rebalance()
                .map(new Sum())
                .sinkTo(new DiscardingSink<>());
        env.execute("plain arrays");
    }

    private static long[] array(long number) {
        long[] array = new long[LENGTH];
        Arrays.fill(array, number);
        return array;
    }

    private static final class Sum extends RichMapFunction<long[], Long> {
        private static final long serialVersionUID = 1L;
        private final LongCounter sum = new LongCounter();

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator(SUM, sum);
        }

        @Override
        public Long map(long[] array) {
            for (long element : array) {
                sum.add(element);
            }
            return array[0];
        }
    }
}
