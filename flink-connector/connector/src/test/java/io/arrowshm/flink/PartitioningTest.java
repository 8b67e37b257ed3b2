package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.flink.Received.Arrival;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;

/** Where segments arrive: as with Flink's partitioning of the same name, and all by reference. */
class PartitioningTest extends PoolTest {
    private static final int SEGMENTS = 120;
    private static final int KEYS = 7;

    @Test
    void rebalanceGivesEveryReceiverItsShare() throws Exception {
        assertThat(counts(run(SegmentStream::rebalance, 2, 3, SEGMENTS)).values())
                .containsExactly(SEGMENTS / 3L, SEGMENTS / 3L, SEGMENTS / 3L);
    }

    @Test
    void shuffleReachesEveryReceiver() throws Exception {
        assertThat(counts(run(SegmentStream::shuffle, 2, 2, SEGMENTS))).hasSize(2);
    }

    @Test
    void forwardKeepsTheSubtask() throws Exception {
        assertThat(run(SegmentStream::forward, 3, 1, SEGMENTS))
                .allSatisfy(arrival -> assertThat(arrival.subtask()).isEqualTo(sender(arrival)));
    }

    @Test
    void rescaleDividesReceiversAmongSenders() throws Exception {
        assertThat(run(SegmentStream::rescale, 2, 4, SEGMENTS))
                .allSatisfy(arrival -> assertThat(arrival.subtask() / 2).isEqualTo(sender(arrival)));
    }

    @Test
    void rescaleDividesSendersAmongReceivers() throws Exception {
        assertThat(run(SegmentStream::rescale, 4, 2, SEGMENTS))
                .allSatisfy(arrival -> assertThat(arrival.subtask()).isEqualTo(sender(arrival) / 2));
    }

    @Test
    void globalMeansTheFirstReceiver() throws Exception {
        assertThat(counts(run(SegmentStream::global, 2, 3, SEGMENTS))).containsOnlyKeys(0);
    }

    @Test
    void aPartitionerOfOnesOwnIsAsked() throws Exception {
        List<Arrival> arrivals = run(
                stream -> stream.partitionCustom(
                        (key, receivers) -> (int) (key % receivers), segment -> TestSegments.number(segment) / 8),
                2,
                3,
                SEGMENTS);
        assertThat(arrivals)
                .allSatisfy(arrival -> assertThat(arrival.subtask()).isEqualTo((int) (arrival.number() / 8 % 3)));
    }

    @Test
    void broadcastGivesEveryReceiverEverySegmentWithoutACopy() throws Exception {
        List<Arrival> arrivals = run(SegmentStream::broadcast, 2, 3, 3 * SEGMENTS);
        assertThat(counts(arrivals)).isEqualTo(Map.of(0, (long) SEGMENTS, 1, (long) SEGMENTS, 2, (long) SEGMENTS));
        assertThat(Set.copyOf(arrivals)).hasSize(3 * SEGMENTS);
    }

    @Test
    void aKeyIsWhereFlinkKeepsItsState() throws Exception {
        for (int maxParallelism : new int[] {0, 5, 1000}) {
            Configuration configuration = new Configuration();
            StreamExecutionEnvironment env = environment(configuration);
            if (maxParallelism > 0) {
                env.setMaxParallelism(maxParallelism);
            }
            SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                    .keyBy(segment -> TestSegments.number(segment) % KEYS, Types.LONG)
                    .flatMap(new Received("arrivals"), Types.LONG)
                    .setParallelism(3)
                    .sinkTo(new DiscardingSink<>());
            JobExecutionResult result = env.execute();
            int keyGroups = maxParallelism == 0 ? 128 : maxParallelism;
            assertThat(Received.in(result, "arrivals"))
                    .hasSize(SEGMENTS)
                    .allSatisfy(arrival -> assertThat(arrival.subtask())
                            .isEqualTo(KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                    arrival.number() % KEYS, keyGroups, 3)));
            assertThat(sent(result)).isEqualTo(byReference(SEGMENTS));
        }
    }

    /** Numbers times eight, and the subtask that made the segment. */
    private static List<Arrival> run(
            UnaryOperator<SegmentStream> partitioning, int senders, int receivers, int references) throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentStream stream = SegmentStream.of(
                env.fromSequence(0, SEGMENTS - 1)
                        .rebalance()
                        .flatMap(new TestSegments.MakeMarked(POOL))
                        .returns(SegmentTypeInfo.of())
                        .setParallelism(senders),
                POOL);
        var received = partitioning.apply(stream).flatMap(new Received("arrivals"), Types.LONG);
        // Forward has the parallelism of its senders.
        (receivers == 1 ? received : received.setParallelism(receivers)).sinkTo(new DiscardingSink<>());
        JobExecutionResult result = env.execute();
        List<Arrival> arrivals = Received.in(result, "arrivals");
        assertThat(arrivals.stream().map(arrival -> arrival.number() / 8).collect(Collectors.toSet()))
                .isEqualTo(LongStream.range(0, SEGMENTS).boxed().collect(Collectors.toSet()));
        assertThat(arrivals).hasSize(references);
        assertThat(sent(result)).isEqualTo(byReference(references));
        return Collections.unmodifiableList(arrivals);
    }

    private static int sender(Arrival arrival) {
        return (int) (arrival.number() % 8);
    }

    private static Map<Integer, Long> counts(List<Arrival> arrivals) {
        return arrivals.stream().collect(Collectors.groupingBy(Arrival::subtask, TreeMap::new, Collectors.counting()));
    }
}
