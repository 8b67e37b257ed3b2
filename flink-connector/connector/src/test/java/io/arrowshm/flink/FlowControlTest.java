package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.flink.stream.ProcessPools;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFilterFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.CoProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pool that is far too small makes jobs slower, and neither stuck nor wrong. */
@ExtendWith(TestCluster.class)
class FlowControlTest {
    private static final int SEGMENTS = 400;
    private static final PoolOptions POOL = PoolOptions.named(
                    "flow-test-" + ProcessHandle.current().pid())
            // A dozen segments.
            .withSizeBytes(64 << 10);

    private SharedMemoryPool pool;

    @BeforeEach
    void openPool() {
        pool = SharedMemoryPool.open(POOL);
    }

    @AfterEach
    void removePool() {
        long deadline = System.nanoTime() + 5_000_000_000L;
        while (pool.statistics().segments() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(pool.statistics().segments()).as("segments left").isZero();
        pool.close();
        ProcessPools.closeAll();
        assertThat(SharedMemoryPool.remove(POOL)).isTrue();
    }

    @Test
    void aDiamondWithASlowBranchEndsAndItsCheckpointsComplete() throws Exception {
        StreamExecutionEnvironment env = environment();
        SegmentStream stream = segments(env, 0);
        SegmentStream slow = stream.rebalance().filter(new Slow()).setParallelism(2);
        SegmentStream fast = stream.rebalance().filter(segment -> true).setParallelism(2);
        slow.rebalance()
                .connect(fast.rebalance())
                .process(new Both(), Types.LONG)
                .sinkTo(new DiscardingSink<>());
        JobExecutionResult result = env.execute();
        assertThat(result.<Long>getAccumulatorResult(Both.SUM))
                .isEqualTo(2 * LongStream.range(0, SEGMENTS).sum());
        assertThat(result.<Long>getAccumulatorResult(Slow.CHECKPOINTS)).isPositive();
    }

    @Test
    void severalSourcesIntoOneSlowReceiverEndAndItsCheckpointsComplete() throws Exception {
        StreamExecutionEnvironment env = environment();
        SegmentStream all = segments(env, 0).union(segments(env, SEGMENTS), segments(env, 2 * SEGMENTS));
        all.global()
                .filter(new Slow())
                .setParallelism(1)
                .flatMap(new Received("all"), Types.LONG)
                .sinkTo(new DiscardingSink<>());
        JobExecutionResult result = env.execute();
        assertThat(numbers(result))
                .isEqualTo(LongStream.range(0, 3 * SEGMENTS).boxed().toList());
        assertThat(result.<Long>getAccumulatorResult(Slow.CHECKPOINTS)).isPositive();
    }

    @Test
    void consumersThatFillThePoolThatFeedsThemEnd() throws Exception {
        StreamExecutionEnvironment env = environment();
        segments(env, 0)
                .rebalance()
                .map(new Doubled(POOL))
                .setParallelism(2)
                .rebalance()
                .map(new Doubled(POOL))
                .setParallelism(2)
                .rebalance()
                .flatMap(new Received("all"), Types.LONG)
                .setParallelism(2)
                .sinkTo(new DiscardingSink<>());
        assertThat(numbers(env.execute()))
                .isEqualTo(LongStream.range(0, SEGMENTS).map(n -> 4 * n).boxed().toList());
    }

    private static List<Long> numbers(JobExecutionResult result) {
        return Received.in(result, "all").stream()
                .map(Received.Arrival::number)
                .sorted()
                .toList();
    }

    private static StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
        return TestCluster.environment(1, configuration);
    }

    private static SegmentStream segments(StreamExecutionEnvironment env, long first) {
        return SegmentStream.of(
                env.fromSequence(first, first + SEGMENTS - 1)
                        .flatMap(new TestSegments.Make(POOL, false))
                        .returns(SegmentTypeInfo.of()),
                POOL);
    }

    /** Keeps all, two milliseconds each, and counts the checkpoints that complete. */
    private static final class Slow extends RichFilterFunction<Segment> implements CheckpointListener {
        static final String CHECKPOINTS = "checkpoints";

        private static final long serialVersionUID = 1L;

        private final LongCounter checkpoints = new LongCounter();

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator(CHECKPOINTS, checkpoints);
        }

        @Override
        public boolean filter(Segment segment) {
            LockSupport.parkNanos(2_000_000);
            return true;
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            checkpoints.add(1);
        }
    }

    private static final class Both extends CoProcessFunction<Segment, Segment, Long> {
        static final String SUM = "sum";

        private static final long serialVersionUID = 1L;

        private final LongCounter sum = new LongCounter();

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator(SUM, sum);
        }

        @Override
        public void processElement1(Segment segment, Context context, Collector<Long> out) {
            sum.add(TestSegments.number(segment));
        }

        @Override
        public void processElement2(Segment segment, Context context, Collector<Long> out) {
            sum.add(TestSegments.number(segment));
        }
    }
}
