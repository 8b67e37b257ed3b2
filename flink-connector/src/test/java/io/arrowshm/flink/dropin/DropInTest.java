package io.arrowshm.flink.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.flink.stream.ProcessPools;
import io.arrowshm.shm.PoolOptions;
import io.arrowshm.shm.SharedMemoryPool;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DropInTest {
    private static final int RECORDS = 2_000;
    private static final PoolOptions POOL = PoolOptions.named(
                    "drop-in-test-" + ProcessHandle.current().pid())
            .withSizeBytes(64 << 20)
            .withSlots(4096);

    private static SharedMemoryPool pool;

    @BeforeAll
    static void openPool() {
        pool = SharedMemoryPool.open(POOL);
    }

    @AfterAll
    static void removePool() {
        pool.close();
        ProcessPools.closeAll();
        assertThat(SharedMemoryPool.remove(POOL)).isTrue();
    }

    @AfterEach
    void everythingIsGivenBack() {
        DropIn.disable();
        long deadline = System.nanoTime() + 5_000_000_000L;
        while ((pool.statistics().segments() > 0 || pool.statistics().epochs() > 0) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(pool.statistics().segments()).as("segments left").isZero();
        assertThat(pool.statistics().epochs()).as("epochs left").isZero();
    }

    @Test
    void arraysGoByReference() throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, configuration());
        env.fromSequence(0, RECORDS - 1)
                .map(n -> new double[] {n})
                .returns(double[].class)
                .map(a -> java.util.Arrays.copyOf(a, 5000))
                .returns(double[].class)
                .rebalance()
                .map(new Sum())
                .sinkTo(new DiscardingSink<>());
        JobExecutionResult result = env.execute();
        System.out.println(result.getAllAccumulatorResults());
        assertThat(result.<Long>getAccumulatorResult("sum")).isEqualTo((long) RECORDS * (RECORDS - 1) / 2);
        assertThat(result.<Long>getAccumulatorResult("arrow-shm.references")).isPositive();
    }

    private static Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.set(DeploymentOptions.JOB_LISTENERS, List.of(DropInListener.class.getName()));
        configuration.set(DropInOptions.POOL, POOL.name());
        configuration.set(DropInOptions.THRESHOLD, MemorySize.parse("1 kb"));
        return configuration;
    }

    private static final class Sum extends RichMapFunction<double[], Long> {
        private static final long serialVersionUID = 1L;

        private final LongCounter sum = new LongCounter();

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator("sum", sum);
        }

        @Override
        public Long map(double[] array) {
            sum.add((long) array[0]);
            return (long) array.length;
        }
    }
}
