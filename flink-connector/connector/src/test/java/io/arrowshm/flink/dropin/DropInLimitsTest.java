package io.arrowshm.flink.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.ArrayWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.TestPool;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Drop-in mode with a pool that is far too small: by value, with the same result. */
class DropInLimitsTest {
    private static final int POOL_BYTES = 1 << 20;
    private static final int RECORDS = 1_000;
    private static final int LENGTH = 3_000;
    private static final int SENDERS = 2;
    private static final int RECEIVERS = 2;
    /** A quarter of the pool is for arrays on their way, a share for each of the channels. */
    private static final int CREDIT_ARRAYS = POOL_BYTES / 4 / (SENDERS * RECEIVERS) / (LENGTH * Double.BYTES);

    private static final long EXPECTED = (long) RECORDS * (RECORDS - 1) / 2;

    @RegisterExtension
    static final DropInCluster CLUSTER = new DropInCluster(POOL_BYTES);

    @Test
    void aConsumerThatIsTooSlowGetsValuesAndHoldsUpNoMoreMemoryThanItsCredit() throws Exception {
        SumsLater.SEGMENTS.set(0);
        int beyondCredit = SENDERS * RECEIVERS * (1 + CREDIT_ARRAYS + 2);
        JobExecutionResult result = run(new SumsLater(beyondCredit));
        assertThat(result.<Long>getAccumulatorResult(SumsLater.SUM)).isEqualTo(EXPECTED);
        assertThat(result.<Long>getAccumulatorResult("arrow-shm.references")).isPositive();
        assertThat(result.<Long>getAccumulatorResult("arrow-shm.byValue.no credit in time"))
                .isPositive();
        // On their way, and one being written by each sender.
        assertThat(SumsLater.SEGMENTS).hasValueLessThanOrEqualTo(SENDERS * RECEIVERS * CREDIT_ARRAYS + SENDERS);
    }

    @Test
    void aFullPoolMeansByValueUntilThereIsRoom() throws Exception {
        List<ArrayWriter> filling = fill(CLUSTER.pool());
        JobExecutionResult byValue = run(new SumsLater(0));
        filling.forEach(ArrayWriter::close);
        assertThat(byValue.<Long>getAccumulatorResult(SumsLater.SUM)).isEqualTo(EXPECTED);
        assertThat(byValue.<Long>getAccumulatorResult("arrow-shm.references")).isZero();
        assertThat(byValue.<Long>getAccumulatorResult("arrow-shm.byValue.pool full"))
                .isPositive();

        JobExecutionResult byReference = run(new SumsLater(0));
        assertThat(byReference.<Long>getAccumulatorResult(SumsLater.SUM)).isEqualTo(EXPECTED);
        assertThat(byReference.<Long>getAccumulatorResult("arrow-shm.references"))
                .isPositive();
    }

    private static JobExecutionResult run(SumsLater consumer) throws Exception {
        return CLUSTER.run(true, new Configuration(), env -> job(env, consumer));
    }

    private static void job(StreamExecutionEnvironment env, SumsLater consumer) {
        env.fromSequence(0, RECORDS - 1)
                .setParallelism(SENDERS)
                .map(new Make())
                .setParallelism(SENDERS)
                .rebalance()
                .map(consumer)
                .setParallelism(RECEIVERS)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(RECEIVERS);
    }

    /** Takes all the room there is for arrays of the job's size. */
    private static List<ArrayWriter> fill(SharedMemoryPool pool) {
        List<ArrayWriter> filling = new ArrayList<>();
        try {
            while (true) {
                filling.add(pool.newArray(ArraySpec.of(DType.FLOAT64, LENGTH)));
            }
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).isEqualTo(Kind.FULL);
        }
        return filling;
    }

    private static final class Make implements MapFunction<Long, double[]> {
        static final AtomicInteger MADE = new AtomicInteger();

        private static final long serialVersionUID = 1L;

        @Override
        public double[] map(Long number) {
            MADE.incrementAndGet();
            double[] array = new double[LENGTH];
            array[LENGTH - 1] = number;
            return array;
        }
    }

    /** Stops once, when both senders have been answered, until so many more arrays are made; looks into the pool then. */
    private static final class SumsLater extends RichMapFunction<double[], Double> {
        static final String SUM = "sum";
        static final AtomicInteger SEGMENTS = new AtomicInteger();

        private static final long serialVersionUID = 1L;
        private static final int ANSWERED = 25;

        private final int more;
        private final LongCounter sum = new LongCounter();
        private int received;

        SumsLater(int more) {
            this.more = more;
        }

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator(SUM, sum);
        }

        @Override
        public Double map(double[] array) {
            if (++received == ANSWERED) {
                int made = Make.MADE.get();
                TestPool.await(() -> Make.MADE.get() >= made + more, "arrays beyond the credit to be made");
                SEGMENTS.accumulateAndGet(CLUSTER.pool().statistics().segments(), Math::max);
            }
            sum.add((long) array[LENGTH - 1]);
            return array[LENGTH - 1];
        }
    }
}
