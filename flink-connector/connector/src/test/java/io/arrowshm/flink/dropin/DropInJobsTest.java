package io.arrowshm.flink.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Unchanged jobs with drop-in mode and without it: the same results, and references where they should be and only there. */
class DropInJobsTest {
    private static final int RECORDS = 600;
    private static final String HASH = "hash";

    @RegisterExtension
    static final DropInCluster CLUSTER = new DropInCluster();

    static Stream<ArrayRecords<?>> records() {
        return ArrayRecords.all().stream();
    }

    @ParameterizedTest
    @MethodSource("records")
    <T> void recordsOfEveryKindGoByReference(ArrayRecords<T> records) throws Exception {
        assertGoesByReference(
                Map.of("pipeline.object-reuse", "true"),
                env -> hash(records, make(records, env).rebalance()),
                RECORDS * records.arrays());
    }

    @ParameterizedTest
    @EnumSource(UnicastEdge.class)
    void everyUnicastEdgeCarriesReferences(UnicastEdge edge) throws Exception {
        ArrayRecords<double[]> records = ArrayRecords.ofDoubles();
        assertGoesByReference(
                Map.of("execution.checkpointing.interval", "50 ms"),
                env -> hash(records, edge.over(make(records, env))),
                RECORDS * edge.hops());
    }

    @Test
    void arraysThatSeveralReadersGetGoByValue() throws Exception {
        ArrayRecords<double[]> records = ArrayRecords.ofDoubles();
        assertGoesByValue(Map.of(), env -> hash(records, make(records, env).broadcast()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "execution.runtime-mode=BATCH",
                "execution.checkpointing.unaligned.enabled=true",
                "taskmanager.network.adaptive-partitioner.enabled=true"
            })
    void jobsThatMayReadAnEdgeTwiceGoByValue(String option) throws Exception {
        assumeTrue(
                !option.contains("adaptive-partitioner")
                        || EnvironmentInformation.getVersion().compareTo("2.3") >= 0,
                "adaptive partitioners are new in Flink 2.3");
        ArrayRecords<double[]> records = ArrayRecords.ofDoubles();
        String[] keyAndValue = option.split("=", 2);
        assertGoesByValue(
                Map.of(keyAndValue[0], keyAndValue[1], "execution.checkpointing.interval", "50 ms"),
                env -> hash(records, make(records, env).rebalance()));
    }

    @Test
    void jobsThatUnalignTheirCheckpointsThemselvesGoByValue() throws Exception {
        ArrayRecords<double[]> records = ArrayRecords.ofDoubles();
        assertGoesByValue(Map.of(), env -> {
            env.enableCheckpointing(50);
            env.getCheckpointConfig().enableUnalignedCheckpoints();
            hash(records, make(records, env).rebalance());
        });
    }

    @Test
    void arraysBelowTheThresholdGoByValue() throws Exception {
        ArrayRecords<double[]> small = new ArrayRecords<>(
                "small", () -> TypeInformation.of(double[].class), 0, n -> new double[] {n, 2, 3}, Arrays::hashCode);
        assertGoesByValue(Map.of(), env -> hash(small, make(small, env).rebalance()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hashmap", "rocksdb"})
    void stateIsByValueWhileItsInputGoesByReference(String backend, @TempDir Path checkpoints) throws Exception {
        ArrayRecords<Frame> records = frames();
        assertGoesByReference(
                Map.of(
                        "state.backend.type",
                        backend,
                        "execution.checkpointing.interval",
                        "100 ms",
                        "execution.checkpointing.dir",
                        checkpoints.toUri().toString()),
                env -> make(records, env)
                        .keyBy(frame -> frame.number % 50)
                        .process(new KeepsFrames())
                        .map(new AddHash<>(hash -> hash))
                        .sinkTo(new DiscardingSink<>()),
                RECORDS * records.arrays());
    }

    @Test
    void aJobThatFailsAndStartsAgainGivesTheSameResult() throws Exception {
        ArrayRecords<Frame> records = frames();
        long expected = CLUSTER.run(
                        false,
                        new Configuration(),
                        env -> hash(records, make(records, env).rebalance()))
                .getAccumulatorResult(HASH);
        FailOnce.FAILED.set(false);
        Configuration restart = Configuration.fromMap(Map.of(
                "restart-strategy.type",
                "fixed-delay",
                "restart-strategy.fixed-delay.attempts",
                "1",
                "restart-strategy.fixed-delay.delay",
                "10 ms"));
        JobExecutionResult result = CLUSTER.run(
                true,
                restart,
                env -> hash(
                        records,
                        make(records, env).rebalance().map(new FailOnce()).returns(Frame.class)));
        assertThat(FailOnce.FAILED).isTrue();
        assertThat(result.<Long>getAccumulatorResult(HASH)).isEqualTo(expected);
    }

    private static void assertGoesByReference(
            Map<String, String> options, Consumer<StreamExecutionEnvironment> job, int arrays) throws Exception {
        Configuration configuration = Configuration.fromMap(options);
        long expected = CLUSTER.run(false, configuration, job).getAccumulatorResult(HASH);
        JobExecutionResult result = CLUSTER.run(true, configuration, job);
        assertThat(result.<Long>getAccumulatorResult(HASH)).isEqualTo(expected);
        long references = result.getAccumulatorResult("arrow-shm.references");
        long byValue = total(result, "arrow-shm.byValue.");
        assertThat(references).isPositive();
        assertThat(references + byValue).isLessThanOrEqualTo(arrays);
    }

    private static void assertGoesByValue(Map<String, String> options, Consumer<StreamExecutionEnvironment> job)
            throws Exception {
        Configuration configuration = Configuration.fromMap(options);
        long expected = CLUSTER.run(false, configuration, job).getAccumulatorResult(HASH);
        JobExecutionResult result = CLUSTER.run(true, configuration, job);
        assertThat(result.<Long>getAccumulatorResult(HASH)).isEqualTo(expected);
        assertThat(total(result, "arrow-shm.references")).isZero();
    }

    private static long total(JobExecutionResult result, String prefix) {
        return result.getAllAccumulatorResults().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .mapToLong(entry -> (Long) entry.getValue())
                .sum();
    }

    private static ArrayRecords<Frame> frames() {
        return new ArrayRecords<>("POJO", () -> TypeInformation.of(Frame.class), 3, Frame::of, Frame::hash);
    }

    private static <T> SingleOutputStreamOperator<T> make(ArrayRecords<T> records, StreamExecutionEnvironment env) {
        return env.fromSequence(0, RECORDS - 1)
                .map(records.make())
                .returns(records.type().get());
    }

    private static <T> void hash(ArrayRecords<T> records, DataStream<T> stream) {
        stream.map(new AddHash<>(records.hash())).sinkTo(new DiscardingSink<>());
    }

    /** Adds up the hashes of all records, whatever their order. */
    private static final class AddHash<T> extends RichMapFunction<T, Integer> {
        private static final long serialVersionUID = 1L;

        private final MapFunction<T, Integer> function;
        private final LongCounter sum = new LongCounter();

        AddHash(MapFunction<T, Integer> function) {
            this.function = function;
        }

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator(HASH, sum);
        }

        @Override
        public Integer map(T record) throws Exception {
            int hash = function.map(record);
            sum.add((long) hash);
            return hash;
        }
    }

    private static final class FailOnce implements MapFunction<Frame, Frame>, Serializable {
        static final AtomicBoolean FAILED = new AtomicBoolean();
        private static final long serialVersionUID = 1L;

        @Override
        public Frame map(Frame frame) {
            if (frame.number > RECORDS * 3 / 4 && FAILED.compareAndSet(false, true)) {
                throw new IllegalStateException("fails once, as the test wants");
            }
            return frame;
        }
    }
}
