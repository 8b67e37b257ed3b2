package io.arrowshm.flink.dropin;

import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** A process that runs one job in drop-in mode through the pool of its first argument, and prints what came of it. */
final class DropInProcess {
    static final int RECORDS = 100;

    private static final int LENGTH = 30_000;

    private DropInProcess() {}

    /** @param arguments the name of a pool */
    @SuppressWarnings("SystemOut") // what its parent reads
    public static void main(String[] arguments) throws Exception {
        DropIn.enable(new Configuration());
        Configuration configuration = new Configuration();
        configuration.set(DropInOptions.POOL, arguments[0]);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1, configuration);
        env.fromSequence(0, RECORDS - 1)
                .map(DropInProcess::array)
                .returns(double[].class)
                .rebalance()
                .map(new Sum())
                .setParallelism(2)
                .sinkTo(new DiscardingSink<>());
        JobExecutionResult result = env.execute();
        Long references = (Long) result.getAllAccumulatorResults().get("arrow-shm.references");
        System.out.println("sum=" + result.getAccumulatorResult("sum") + ", references=" + references);
    }

    private static double[] array(long number) {
        double[] array = new double[LENGTH];
        array[LENGTH - 1] = number;
        return array;
    }

    private static final class Sum extends RichMapFunction<double[], Double> {
        private static final long serialVersionUID = 1L;

        private final LongCounter sum = new LongCounter();

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator("sum", sum);
        }

        @Override
        public Double map(double[] array) {
            sum.add((long) array[LENGTH - 1]);
            return array[LENGTH - 1];
        }
    }
}
