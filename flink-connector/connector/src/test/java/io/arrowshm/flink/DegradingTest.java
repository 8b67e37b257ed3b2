package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentSize;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.flink.Received.Arrival;
import io.arrowshm.flink.type.SegmentTypeInfo;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.DirectoryHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFilterFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.RichCoFlatMapFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where references are not safe or not possible: the same result by value, or one error that says why. */
class DegradingTest extends PoolTest {
    private static final int SEGMENTS = 60;
    private static final int KEYS = 7;
    private static final int PARALLELISM = 2;
    private static final int PLACES = OwnershipWord.PARTICIPANTS;
    private static final String BATCH = "execution.runtime-mode=BATCH";

    @ParameterizedTest
    @ValueSource(
            strings = {
                BATCH,
                BATCH + ";jobmanager.scheduler=Default",
                BATCH + ";execution.batch-shuffle-mode=ALL_EXCHANGES_HYBRID_FULL",
                BATCH + ";execution.batch-shuffle-mode=ALL_EXCHANGES_HYBRID_SELECTIVE",
                BATCH + ";execution.batch.speculative.enabled=true",
            })
    void whatMayBeReadTwiceGoesByValueOnEveryEdge(String options) throws Exception {
        JobExecutionResult result = runEveryEdge(configuration(options), POOL);
        assertEverythingArrived(result);
        assertThat(sent(result))
                .isEqualTo(Map.of(
                        "arrow-shm.references", 0L,
                        "arrow-shm.copies", 0L,
                        "arrow-shm.byValue.exchange not pipelined", (5L + PARALLELISM) * SEGMENTS));
    }

    @Test
    void pipelinedExchangesOfABatchJobCarryReferences() throws Exception {
        JobExecutionResult result = runEveryEdge(
                configuration(
                        BATCH + ";jobmanager.scheduler=Default;execution.batch-shuffle-mode=ALL_EXCHANGES_PIPELINED"),
                POOL);
        assertEverythingArrived(result);
        assertThat(sent(result)).containsEntry("arrow-shm.references", (5L + PARALLELISM) * SEGMENTS);
    }

    @Test
    void withoutAPoolEveryEdgeIsByValue() throws Exception {
        JobExecutionResult result = runEveryEdge(new Configuration(), POOL.withDirectory("/proc/no-such-directory"));
        assertEverythingArrived(result);
        assertThat(sent(result))
                .containsEntry("arrow-shm.references", 0L)
                .containsEntry("arrow-shm.byValue.no pool", (5L + PARALLELISM) * SEGMENTS);
    }

    @Test
    void aJobWhosePoolCannotBeMadeMakesItsSegmentsInPrivateMemory() throws Exception {
        for (PoolOptions options : List.of(
                POOL.withDirectory("/proc/no-such-directory"),
                new PoolOptions(POOL.directory(), POOL.name() + "-large", 1L << 60, 4096, false))) {
            assertThatAllIsMadeInPrivateMemory(options);
        }
    }

    @Test
    void aJobThatFindsNoPlaceInItsPoolMakesItsSegmentsInPrivateMemory() throws Exception {
        PoolOptions options =
                new PoolOptions(POOL.directory(), POOL.name() + "-crowded", POOL.sizeBytes(), POOL.slots(), false);
        SharedMemoryPool crowded = SharedMemoryPool.open(options);
        Path files = crowded.directory();
        crowded.close();
        try (DirectoryHandle directory = DirectoryHandle.open(files);
                ByteLocks others = new ByteLocks(directory.path().resolve("participants"))) {
            for (int place = 0; place < PLACES; place++) {
                assertThat(others.tryLock(place)).isTrue();
            }
            assertThatAllIsMadeInPrivateMemory(options);
        } finally {
            assertThat(SharedMemoryPool.remove(options)).isTrue();
        }
    }

    private static void assertThatAllIsMadeInPrivateMemory(PoolOptions options) throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentSize size = SegmentSize.of(TestSegments.SCHEMA, TestSegments.ROWS);
        end(SegmentStream.make(
                        env.fromSequence(0, SEGMENTS - 1),
                        options,
                        TestSegments.SCHEMA,
                        size,
                        (number, writer) -> TestSegments.write(writer, number))
                .rebalance()
                .flatMap(new Received("made"), Types.LONG));
        end(SegmentStream.makeArrays(
                        env.fromSequence(0, SEGMENTS - 1),
                        options,
                        number -> ArraySpec.of(DType.INT64, 10),
                        (number, array) -> array.fill(number))
                .rebalance()
                .map(segment -> segment.array().getLong(9), Types.LONG));
        JobExecutionResult result = env.execute();
        assertArrived(result, "made", 1);
        assertThat(sent(result))
                .isEqualTo(Map.of(
                        "arrow-shm.references", 0L,
                        "arrow-shm.copies", 0L,
                        "arrow-shm.byValue.no pool", 2L * SEGMENTS));
    }

    /** Flink would choose it when the senders are done, from the size of what they made; here it would choose one. */
    @Test
    void aBatchJobKeepsTheParallelismThatItsSendersWereTold() throws Exception {
        int parallelism = 4;
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration(BATCH));
        SegmentStream stream = SegmentStream.of(segments(env, 0, SEGMENTS), POOL);
        stream.broadcast().flatMap(new Received("broadcast"), Types.LONG).sinkTo(new DiscardingSink<>());
        stream.keyBy(segment -> TestSegments.number(segment) % KEYS, Types.LONG)
                .flatMap(new Received("keyed"), Types.LONG)
                .sinkTo(new DiscardingSink<>());
        stream.broadcast()
                .connect(stream.rebalance())
                .flatMap(new BothReceived("both"), Types.LONG)
                .sinkTo(new DiscardingSink<>());
        JobExecutionResult result = env.execute();
        assertThat(Set.copyOf(Received.in(result, "broadcast"))).hasSize(parallelism * SEGMENTS);
        assertArrived(result, "broadcast", parallelism);
        assertArrived(result, "keyed", 1);
        assertArrived(result, "both", parallelism + 1);
    }

    @Test
    void whatAnAttemptThatFailedHasReadIsReadAgain() throws Exception {
        Configuration configuration = configuration(BATCH + ";restart-strategy.type=fixed-delay"
                + ";restart-strategy.fixed-delay.attempts=1;restart-strategy.fixed-delay.delay=10 ms");
        FailsOnce.FAILED.set(false);
        JobExecutionResult result = run(configuration, new FailsOnce());
        assertThat(FailsOnce.FAILED).isTrue();
        assertArrived(result, "all", 1);
    }

    @Test
    void severalAttemptsMayRunAtATime() throws Exception {
        Configuration configuration = configuration(BATCH
                + ";execution.batch.speculative.enabled=true;execution.batch.speculative.block-slow-node-duration=0 ms"
                + ";taskmanager.numberOfTaskSlots=" + 3 * PARALLELISM
                + ";slow-task-detector.check-interval=10 ms"
                + ";slow-task-detector.execution-time.baseline-lower-bound=0 ms"
                + ";slow-task-detector.execution-time.baseline-ratio=0");
        WaitsForAnotherAttempt.OTHERS.set(0);
        JobExecutionResult result = run(configuration, new WaitsForAnotherAttempt());
        assertThat(WaitsForAnotherAttempt.OTHERS).hasPositiveValue();
        assertArrived(result, "all", 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "execution.checkpointing.unaligned.enabled=true;execution.checkpointing.aligned-checkpoint-timeout=0 ms",
                "execution.checkpointing.unaligned.enabled=true;execution.checkpointing.aligned-checkpoint-timeout=1 ms",
                "execution.checkpointing.unaligned=true"
            })
    void unalignedCheckpointsAreRefusedWhenTheJobIsSubmittedWithTheKeyThatForcesThem(String unaligned) {
        Configuration configuration = configuration("execution.checkpointing.interval=100 ms;" + unaligned);
        assertThatThrownBy(() -> runEveryEdge(configuration, POOL))
                .rootCause()
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("Unaligned checkpoints are currently not supported for custom partitioners")
                .hasMessageContaining("execution.checkpointing.unaligned.forced");
    }

    @ParameterizedTest
    @CsvSource({
        "Default, Approximate local recovery can not be used together with PipelinedRegionScheduler",
        "Adaptive, The adaptive scheduler supports pipelined data exchanges",
    })
    void approximateRecoveryIsRefusedWhenTheJobIsSubmitted(String scheduler, String message) {
        Configuration configuration = configuration(
                "execution.state-recovery.approximate-local-recovery=true;jobmanager.scheduler=" + scheduler);
        assertThatThrownBy(() -> runEveryEdge(configuration, POOL)).rootCause().hasMessageContaining(message);
    }

    /** Flink then aligns those of custom partitioners all the same: no reference gets into a checkpoint. */
    @Test
    void forcedUnalignedCheckpointsHoldNoReferences() throws Exception {
        StreamExecutionEnvironment env = environment(configuration("execution.checkpointing.interval=20 ms"
                + ";execution.checkpointing.unaligned.enabled=true;execution.checkpointing.unaligned.forced=true"
                + ";restart-strategy.type=fixed-delay"
                + ";restart-strategy.fixed-delay.attempts=3;restart-strategy.fixed-delay.delay=10 ms"));
        FailsBehindACheckpoint.FAILED.set(false);
        GeneratorFunction<Long, Long> identity = number -> number;
        DataStream<Segment> segments = env.fromSource(
                        new DataGeneratorSource<>(
                                identity, Long.MAX_VALUE, RateLimiterStrategy.perSecond(400), Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "numbers")
                .flatMap(new TestSegments.Make(POOL, false))
                .returns(SegmentTypeInfo.of())
                .filter(new FailsBehindACheckpoint());
        end(SegmentStream.of(segments, POOL)
                .keyBy(segment -> TestSegments.number(segment) % HistoryPerKey.KEYS, Types.LONG)
                .process(new HistoryPerKey(), Types.LONG));
        JobClient job = env.executeAsync();
        awaitRunning(job, FailsBehindACheckpoint.FAILED::get, "the failure behind a checkpoint");
        HistoryPerKey.PROCESSED.set(0);
        awaitRunning(job, () -> HistoryPerKey.PROCESSED.get() > SEGMENTS, "segments behind the restart");
        awaitRunning(job, () -> pool().statistics().segmentsInFlight() > 0, "references in flight");
        TestJobs.cancel(job);
    }

    private static void awaitRunning(JobClient job, BooleanSupplier condition, String what) {
        TestPool.await(
                () -> {
                    if (job.getJobStatus().join().isGloballyTerminalState()) {
                        throw new AssertionError("the job has ended: "
                                + job.getJobExecutionResult().join());
                    }
                    return condition.getAsBoolean();
                },
                what);
    }

    @Test
    void anAutomaticParallelismIsRefusedWhenTheJobIsBuilt() {
        StreamExecutionEnvironment env = environment(configuration(BATCH));
        env.setParallelism(ExecutionConfig.PARALLELISM_DEFAULT);
        SegmentStream stream = SegmentStream.of(segments(env, 0, SEGMENTS), POOL);
        assertThatThrownBy(() -> stream.rebalance().flatMap(new Received("all"), Types.LONG))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("parallelism.default");
    }

    @Test
    void keyedFunctionsOfTwoInputsRefuseABatchJob() {
        StreamExecutionEnvironment env = environment(configuration(BATCH));
        KeyedSegmentStream<Long> keyed = SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .keyBy(segment -> TestSegments.number(segment) % KEYS, Types.LONG);
        keyed.connect(keyed).process(new CountPerKey<Segment>(), Types.LONG).sinkTo(new DiscardingSink<>());
        assertThatThrownBy(env::execute)
                .rootCause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("set execution.runtime-mode to STREAMING");
    }

    @Test
    void keyedFunctionsWithBroadcastStateRefuseABatchJob() {
        StreamExecutionEnvironment env = environment(configuration(BATCH));
        SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .keyBy(segment -> TestSegments.number(segment) % KEYS, Types.LONG)
                .connect(env.fromSequence(1, 10).broadcast(TwoInputsTest.STATE))
                .process(new KeyedBroadcastCounts(), Types.LONG)
                .sinkTo(new DiscardingSink<>());
        assertThatThrownBy(env::execute)
                .rootCause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("set execution.runtime-mode to STREAMING");
    }

    /** All kinds of edges, between all kinds of operators. */
    private static JobExecutionResult runEveryEdge(Configuration configuration, PoolOptions options) throws Exception {
        StreamExecutionEnvironment env = environment(configuration);
        boolean inPrivateMemory = !options.equals(POOL);
        SegmentStream stream =
                SegmentStream.of(segments(env, 0, SEGMENTS, new TestSegments.Make(options, inPrivateMemory)), options);
        end(stream.rebalance().flatMap(new Received("rebalance"), Types.LONG));
        end(stream.broadcast().flatMap(new Received("broadcast"), Types.LONG));
        end(stream.keyBy(segment -> TestSegments.number(segment) % KEYS, Types.LONG)
                .flatMap(new Received("keyed"), Types.LONG));
        end(stream.rescale().connect(stream.shuffle()).flatMap(new BothReceived("both"), Types.LONG));
        end(stream.keyBy(segment -> TestSegments.number(segment) % KEYS, Types.LONG)
                .toKeyedStream(PARALLELISM)
                .flatMap(new Received("copies"))
                .returns(Types.LONG));
        return env.execute();
    }

    private static void end(SingleOutputStreamOperator<Long> operator) {
        operator.setParallelism(PARALLELISM).sinkTo(new DiscardingSink<>());
    }

    private static void assertEverythingArrived(JobExecutionResult result) {
        assertArrived(result, "rebalance", 1);
        assertArrived(result, "broadcast", PARALLELISM);
        assertArrived(result, "keyed", 1);
        assertArrived(result, "both", 2);
        assertArrived(result, "copies", 1);
    }

    /** One edge, and two subtasks behind it that apply a function. */
    private static JobExecutionResult run(Configuration configuration, FilterFunction<Segment> function)
            throws Exception {
        StreamExecutionEnvironment env = environment(configuration);
        end(SegmentStream.of(segments(env, 0, SEGMENTS), POOL)
                .rebalance()
                .filter(function)
                .setParallelism(PARALLELISM)
                .flatMap(new Received("all"), Types.LONG));
        return env.execute();
    }

    private static void assertArrived(JobExecutionResult result, String name, int times) {
        assertThat(numbers(result, name))
                .as(name)
                .isEqualTo(LongStream.range(0, (long) times * SEGMENTS)
                        .map(n -> n / times)
                        .boxed()
                        .toList());
    }

    private static List<Long> numbers(JobExecutionResult result, String name) {
        return Received.in(result, name).stream().map(Arrival::number).sorted().toList();
    }

    private static Configuration configuration(String options) {
        return Configuration.fromMap(Arrays.stream(options.split(";"))
                .map(option -> option.split("=", 2))
                .collect(Collectors.toMap(option -> option[0], option -> option[1])));
    }

    private static final class FailsOnce implements FilterFunction<Segment> {
        static final AtomicBoolean FAILED = new AtomicBoolean();

        private static final long serialVersionUID = 1L;

        @Override
        public boolean filter(Segment segment) {
            if (TestSegments.number(segment) >= SEGMENTS / 2 && FAILED.compareAndSet(false, true)) {
                throw new IllegalStateException("fails once, as the test wants");
            }
            return true;
        }
    }

    /** The first attempt of each subtask goes on for ever: somebody else has to do its work. */
    private static final class WaitsForAnotherAttempt extends RichFilterFunction<Segment> {
        static final AtomicInteger OTHERS = new AtomicInteger();

        private static final long serialVersionUID = 1L;

        @Override
        public boolean filter(Segment segment) throws InterruptedException {
            if (getRuntimeContext().getTaskInfo().getAttemptNumber() == 0) {
                new CountDownLatch(1).await();
            }
            OTHERS.incrementAndGet();
            return true;
        }
    }

    /** Once, as soon as there is a checkpoint to go on from. */
    private static final class FailsBehindACheckpoint implements FilterFunction<Segment>, CheckpointListener {
        static final AtomicBoolean FAILED = new AtomicBoolean();

        private static final long serialVersionUID = 1L;

        private boolean isBehind;

        @Override
        public boolean filter(Segment segment) {
            if (isBehind && FAILED.compareAndSet(false, true)) {
                throw new IllegalStateException("fails once, as the test wants");
            }
            return true;
        }

        @Override
        public void notifyCheckpointComplete(long checkpointId) {
            isBehind = true;
        }
    }

    /** Notes which segments have arrived at a function of two inputs. */
    private static final class BothReceived extends RichCoFlatMapFunction<Segment, Segment, Long> {
        private static final long serialVersionUID = 1L;

        private final Received received;

        BothReceived(String name) {
            received = new Received(name);
        }

        @Override
        public void open(OpenContext context) {
            received.setRuntimeContext(getRuntimeContext());
            received.open(context);
        }

        @Override
        public void flatMap1(Segment segment, Collector<Long> out) {
            received.flatMap(segment, out);
        }

        @Override
        public void flatMap2(Segment segment, Collector<Long> out) {
            received.flatMap(segment, out);
        }
    }
}
