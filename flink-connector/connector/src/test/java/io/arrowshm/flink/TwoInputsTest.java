package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.Segment;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.CoFlatMapFunction;
import org.apache.flink.streaming.api.functions.co.CoMapFunction;
import org.apache.flink.streaming.api.functions.co.CoProcessFunction;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;

/** Functions with two inputs, one or both of them segments by reference. */
class TwoInputsTest extends PoolTest {
    private static final int SEGMENTS = 60;
    static final int KEYS = 5;
    static final MapStateDescriptor<Long, Long> STATE = new MapStateDescriptor<>("broadcast", Types.LONG, Types.LONG);

    @Test
    void aFunctionGetsTheSegmentsOfBothStreams() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        List<Long> results = collect(SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .rebalance()
                .connect(SegmentStream.of(segments(env, 1000, SEGMENTS), POOL).shuffle())
                .process(new Numbers(), Types.LONG)
                .setParallelism(2));
        assertThat(results)
                .containsExactlyInAnyOrderElementsOf(LongStream.concat(
                                LongStream.range(0, SEGMENTS),
                                LongStream.range(1000, 1000 + SEGMENTS).map(n -> -n))
                        .boxed()
                        .toList());
    }

    @Test
    void theSecondStreamMayBeAnyOther() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentStream segments = SegmentStream.of(segments(env, 0, SEGMENTS), POOL);
        DataStream<Long> longs = env.fromSequence(1000, 1000 + SEGMENTS - 1);
        List<Long> mapped = collect(segments.connect(longs.rebalance())
                .map(new NumberOrLong(), Types.LONG)
                .setParallelism(2));
        assertThat(mapped.stream().mapToLong(n -> n).sum())
                .isEqualTo(LongStream.range(0, SEGMENTS).sum()
                        + LongStream.range(1000, 1000 + SEGMENTS).sum());
        List<Long> flatMapped = collect(segments.connect(longs).flatMap(new NumberOrLong(), Types.LONG));
        assertThat(flatMapped).containsExactlyInAnyOrderElementsOf(mapped);
    }

    @Test
    void keysOfBothStreamsShareState() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        KeyedSegmentStream<Long> first = SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .keyBy(segment -> TestSegments.number(segment) % KEYS, Types.LONG);
        KeyedSegmentStream<Long> second = SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .keyBy(segment -> TestSegments.number(segment) % KEYS, Types.LONG);
        assertThat(largest(collect(first.connect(second)
                        .process(new CountPerKey<Segment>(), Types.LONG)
                        .setParallelism(3))))
                .isEqualTo(2L * SEGMENTS / KEYS);
        assertThat(largest(collect(
                        first.connect(env.fromSequence(0, SEGMENTS - 1).keyBy(n -> n % KEYS, Types.LONG))
                                .process(new CountPerKey<Long>(), Types.LONG)
                                .setParallelism(3))))
                .isEqualTo(2L * SEGMENTS / KEYS);
    }

    @Test
    void functionsOnOneConnectionHaveKeyGroupsOfTheirOwn() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        KeyedConnectedSegmentStream<Long, Segment> connected = SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .keyBy(segment -> TestSegments.number(segment) % KEYS, Types.LONG)
                .connect(SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                        .keyBy(segment -> TestSegments.number(segment) % KEYS, Types.LONG));
        DataStream<Long> few = connected
                .process(new CountPerKey<Segment>(), Types.LONG)
                .setParallelism(2)
                .setMaxParallelism(2);
        DataStream<Long> many = connected
                .process(new CountPerKey<Segment>(), Types.LONG)
                .setParallelism(3)
                .setMaxParallelism(100);
        assertThat(collect(few.union(many)))
                .filteredOn(count -> count == 2L * SEGMENTS / KEYS)
                .hasSize(2 * KEYS);
    }

    @Test
    void broadcastStateReachesEverySubtaskOfTheFunction() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        List<Long> results = collect(SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .rebalance()
                .connect(env.fromSequence(1, 10).broadcast(STATE))
                .process(new BroadcastCounts(), Types.LONG)
                .setParallelism(2));
        assertThat(results.stream().filter(n -> n < 0)).hasSize(2 * 10);
        assertThat(results.stream().filter(n -> n >= 0))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, SEGMENTS).boxed().toList());
    }

    @Test
    void keyedFunctionsHaveBroadcastStateToo() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        List<Long> results = collect(SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .keyBy(segment -> TestSegments.number(segment) % KEYS, Types.LONG)
                .connect(env.fromSequence(1, 10).broadcast(STATE))
                .process(new KeyedBroadcastCounts(), Types.LONG)
                .setParallelism(2));
        assertThat(results.stream().filter(n -> n < 0)).hasSize(2 * 10);
        Map<Long, Long> counts =
                results.stream().filter(n -> n >= 0).collect(Collectors.groupingBy(n -> n, Collectors.counting()));
        assertThat(counts)
                .hasSize(SEGMENTS / KEYS)
                .allSatisfy((count, keys) -> assertThat(keys).isEqualTo(KEYS));
    }

    private static List<Long> collect(DataStream<Long> stream) throws Exception {
        return stream.executeAndCollect(10_000);
    }

    private static long largest(List<Long> numbers) {
        return numbers.stream().mapToLong(n -> n).max().orElseThrow();
    }

    private static final class Numbers extends CoProcessFunction<Segment, Segment, Long> {
        private static final long serialVersionUID = 1L;

        @Override
        public void processElement1(Segment segment, Context context, Collector<Long> out) {
            out.collect(TestSegments.number(segment));
        }

        @Override
        public void processElement2(Segment segment, Context context, Collector<Long> out) {
            out.collect(-TestSegments.number(segment));
        }
    }

    private static final class NumberOrLong
            implements CoMapFunction<Segment, Long, Long>, CoFlatMapFunction<Segment, Long, Long> {
        private static final long serialVersionUID = 1L;

        @Override
        public Long map1(Segment segment) {
            return TestSegments.number(segment);
        }

        @Override
        public Long map2(Long number) {
            return number;
        }

        @Override
        public void flatMap1(Segment segment, Collector<Long> out) {
            out.collect(map1(segment));
        }

        @Override
        public void flatMap2(Long number, Collector<Long> out) {
            out.collect(number);
        }
    }
}
