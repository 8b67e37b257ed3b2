package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.Segment;
import io.arrowshm.flink.Received.Arrival;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What jobs put together from segment streams. */
class TopologyTest extends PoolTest {
    private static final int SEGMENTS = 100;

    @Test
    void aUnionOfStreamsIsOneStream() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentStream first = SegmentStream.of(segments(env, 0, SEGMENTS), POOL);
        SegmentStream second = SegmentStream.of(segments(env, SEGMENTS, SEGMENTS), POOL);
        SegmentStream third = SegmentStream.of(segments(env, 2 * SEGMENTS, SEGMENTS), POOL);
        receive(first.union(second, third).rebalance(), "all", 2);
        JobExecutionResult result = env.execute();
        assertThat(numbers(result, "all")).isEqualTo(numbersBelow(3 * SEGMENTS));
        assertThat(sent(result)).isEqualTo(byReference(3 * SEGMENTS));
    }

    @Test
    void streamsOfTwoPoolsHaveNoUnion() {
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentStream here = SegmentStream.of(segments(env, 0, 1), POOL);
        SegmentStream there = SegmentStream.of(segments(env, 0, 1), POOL.withSizeBytes(1 << 20));
        assertThatThrownBy(() -> here.union(there))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("allowed is one pool");
    }

    @Test
    void severalEdgesFromOneTaskCarryReferencesToTheSameSegments() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentStream stream = SegmentStream.of(segments(env, 0, SEGMENTS), POOL);
        receive(stream.rebalance(), "first", 2);
        receive(stream.shuffle(), "second", 3);
        receive(stream, "chained", 1);
        JobExecutionResult result = env.execute();
        for (String name : List.of("first", "second", "chained")) {
            assertThat(numbers(result, name)).as(name).isEqualTo(numbersBelow(SEGMENTS));
        }
        assertThat(sent(result)).isEqualTo(byReference(2 * SEGMENTS));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatSeveralReceiversPassOnIsCopiedWhereItIsInFlightTwice(boolean objectReuse) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.OBJECT_REUSE, objectReuse);
        StreamExecutionEnvironment env = environment(configuration);
        SegmentStream passedOn = SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .broadcast()
                .filter(segment -> true)
                .setParallelism(2);
        receive(passedOn.rebalance(), "all", 2);
        JobExecutionResult result = env.execute();
        assertThat(numbers(result, "all"))
                .isEqualTo(LongStream.range(0, 2 * SEGMENTS)
                        .map(n -> n / 2)
                        .boxed()
                        .toList());
        assertThat(sent(result)).containsEntry("arrow-shm.references", 4L * SEGMENTS);
    }

    @Test
    void segmentsAreMadeOfSegments() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentStream evenOnesTwice = SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .rebalance()
                .filter(segment -> TestSegments.number(segment) % 2 == 0)
                .setParallelism(2)
                .name("even")
                .uid("even")
                .map(new Doubled(POOL))
                .flatMap(new Twice());
        receive(evenOnesTwice.rebalance(), "all", 2);
        JobExecutionResult result = env.execute();
        assertThat(numbers(result, "all"))
                .isEqualTo(LongStream.range(0, SEGMENTS)
                        .map(n -> n / 2 * 4)
                        .boxed()
                        .toList());
        assertThat(sent(result)).containsEntry("arrow-shm.references", 2L * SEGMENTS);
    }

    @Test
    void sideOutputsAreStreamsToo() throws Exception {
        OutputTag<Segment> odd = new OutputTag<>("odd", SegmentTypeInfo.of());
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentOperator even = SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .rebalance()
                .process(new Split(odd))
                .setParallelism(2);
        receive(even.rebalance(), "even", 2);
        receive(even.getSideOutputSegments(odd).rebalance(), "odd", 2);
        JobExecutionResult result = env.execute();
        assertThat(numbers(result, "even")).allMatch(n -> n % 2 == 0).hasSize(SEGMENTS / 2);
        assertThat(numbers(result, "odd")).allMatch(n -> n % 2 == 1).hasSize(SEGMENTS / 2);
        assertThat(sent(result)).isEqualTo(byReference(2 * SEGMENTS));
    }

    @Test
    void withoutChainingEveryThingStillArrives() throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.OPERATOR_CHAINING, false);
        StreamExecutionEnvironment env = environment(configuration);
        SegmentStream doubled = SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .rebalance()
                .map(new Doubled(POOL))
                .setParallelism(2);
        receive(doubled.rebalance(), "all", 2);
        assertThat(numbers(env.execute(), "all"))
                .isEqualTo(LongStream.range(0, SEGMENTS).map(n -> 2 * n).boxed().toList());
    }

    @Test
    void smallSegmentsGoByValueIfTheJobSaysSo() throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("arrow-shm.smallest-by-reference", "1 mb");
        StreamExecutionEnvironment env = environment(configuration);
        receive(SegmentStream.of(segments(env, 0, SEGMENTS), POOL).rebalance(), "all", 2);
        JobExecutionResult result = env.execute();
        assertThat(numbers(result, "all")).isEqualTo(numbersBelow(SEGMENTS));
        assertThat(sent(result))
                .containsEntry("arrow-shm.byValue.small", (long) SEGMENTS)
                .containsEntry("arrow-shm.references", 0L);
    }

    @Test
    void usingASegmentAfterItsLoanIsAnErrorThatNamesItAndWhoReleasedIt() {
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .rebalance()
                .map(new Previous(), Types.LONG)
                .name("careless")
                .sinkTo(new DiscardingSink<>());
        assertThatThrownBy(env::execute)
                .rootCause()
                .hasMessageMatching(
                        "segment [0-9a-f]{16}/\\d+/\\d+ was released by the thread 'receive\\(.*\\) -> careless.*'; retain.*");
    }

    @Test
    void operatorsNameTheirEdgeAndItsPool() {
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .forward()
                .map(new Previous(), Types.LONG)
                .name("mine")
                .sinkTo(new DiscardingSink<>());
        String edge = "(forward, pool " + POOL.name() + ")";
        assertThat(env.getStreamGraph().getStreamNodes())
                .extracting(StreamNode::getOperatorName)
                .contains("send" + edge, "receive" + edge, "mine");
    }

    @Test
    void forwardToAnotherParallelismIsAnErrorThatSaysWhatToDo() {
        StreamExecutionEnvironment env = environment(new Configuration());
        receive(SegmentStream.of(segments(env, 0, SEGMENTS), POOL).forward(), "all", 2);
        assertThatThrownBy(env::execute)
                .rootCause()
                .hasMessageContaining("forward from 1 subtasks to 2")
                .hasMessageContaining("use rescale or rebalance");
    }

    private static void receive(SegmentStream stream, String name, int parallelism) {
        stream.flatMap(new Received(name), Types.LONG)
                .setParallelism(parallelism)
                .sinkTo(new DiscardingSink<>());
    }

    private static List<Long> numbers(JobExecutionResult result, String name) {
        return Received.in(result, name).stream().map(Arrival::number).sorted().toList();
    }

    private static List<Long> numbersBelow(int end) {
        return LongStream.range(0, end).boxed().toList();
    }

    private static final class Twice implements FlatMapFunction<Segment, Segment> {
        private static final long serialVersionUID = 1L;

        @Override
        public void flatMap(Segment segment, Collector<Segment> out) {
            out.collect(segment);
            out.collect(segment);
        }
    }

    private static final class Split extends ProcessFunction<Segment, Segment> {
        private static final long serialVersionUID = 1L;

        private final OutputTag<Segment> odd;

        Split(OutputTag<Segment> odd) {
            this.odd = odd;
        }

        @Override
        public void processElement(Segment segment, Context context, Collector<Segment> out) {
            if (TestSegments.number(segment) % 2 == 0) {
                out.collect(segment);
            } else {
                context.output(odd, segment);
            }
        }
    }

    /** Reads the segment before, which it has not retained. */
    private static final class Previous extends RichMapFunction<Segment, Long> {
        private static final long serialVersionUID = 1L;

        private transient @Nullable Segment previous;

        @Override
        public Long map(Segment segment) {
            long number = previous == null ? 0 : TestSegments.number(previous);
            previous = segment;
            return number;
        }
    }
}
