package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The edge in one process; the jobs module has the tests on several. */
class SegmentStreamTest extends PoolTest {
    private static final int SEGMENTS = 500;
    private static final long EXPECTED =
            LongStream.range(0, SEGMENTS).map(TestSegments::expectedSum).sum();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everySegmentGoesByReferenceWithAndWithoutObjectReuse(boolean objectReuse) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.OBJECT_REUSE, objectReuse);
        JobExecutionResult result = run(configuration, POOL, false, 3);
        assertThat(result.<Long>getAccumulatorResult("sum")).isEqualTo(EXPECTED);
        assertThat(sent(result))
                .containsExactly(Map.entry("arrow-shm.copies", 0L), Map.entry("arrow-shm.references", (long) SEGMENTS));
    }

    @Test
    void segmentsInPrivateMemoryAreCopiedIntoThePoolAndGoByReference() throws Exception {
        JobExecutionResult result = run(new Configuration(), POOL, true, 2);
        assertThat(result.<Long>getAccumulatorResult("sum")).isEqualTo(EXPECTED);
        assertThat(sent(result))
                .containsEntry("arrow-shm.copies", (long) SEGMENTS)
                .containsEntry("arrow-shm.references", (long) SEGMENTS);
    }

    @Test
    void blockingExchangesGoByValue() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH);
        JobExecutionResult result = run(configuration, POOL, false, 2);
        assertThat(result.<Long>getAccumulatorResult("sum")).isEqualTo(EXPECTED);
        assertThat(sent(result)).containsEntry("arrow-shm.byValue.exchange not pipelined", (long) SEGMENTS);
    }

    @Test
    void aPoolThatCannotBeOpenedMeansByValue() throws Exception {
        PoolOptions absent = POOL.withDirectory("/proc/no-such-directory");
        JobExecutionResult result = run(new Configuration(), absent, true, 2);
        assertThat(result.<Long>getAccumulatorResult("sum")).isEqualTo(EXPECTED);
        assertThat(sent(result)).containsEntry("arrow-shm.byValue.no pool", (long) SEGMENTS);
    }

    @Test
    void whatLeavesTheStreamIsACopyThatHoldsNothing() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        int length = SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .rebalance()
                .toDataStream()
                .setParallelism(2)
                .executeAndCollect(SEGMENTS)
                .stream()
                .mapToInt(segment -> segment.isIn(pool()) ? 0 : 1)
                .sum();
        assertThat(length).isEqualTo(SEGMENTS);
    }

    private static JobExecutionResult run(
            Configuration configuration, PoolOptions options, boolean inPrivateMemory, int parallelism)
            throws Exception {
        StreamExecutionEnvironment env = environment(configuration);
        SegmentStream.of(segments(env, 0, SEGMENTS, new TestSegments.Make(options, inPrivateMemory)), options)
                .rebalance()
                .flatMap(new Sum(), Types.LONG)
                .setParallelism(parallelism)
                .sinkTo(new DiscardingSink<>());
        return env.execute();
    }

    private static final class Sum extends RichFlatMapFunction<Segment, Long> {
        private static final long serialVersionUID = 1L;

        private final LongCounter sum = new LongCounter();

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator("sum", sum);
        }

        @Override
        public void flatMap(Segment segment, Collector<Long> out) {
            sum.add(TestSegments.sum(segment));
        }
    }
}
