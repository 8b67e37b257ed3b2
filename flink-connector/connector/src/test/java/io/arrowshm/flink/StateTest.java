package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.flink.stream.ProcessPools;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.async.AsyncFunction;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.EventTimeSessionWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.evictors.CountEvictor;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments in Flink's state: by value, whatever the backend, and good in another pool. */
class StateTest extends PoolTest {
    private static final long RECORDS_PER_SECOND = 400;
    private static final long ENOUGH = 200;
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @ParameterizedTest
    @ValueSource(strings = {"hashmap", "rocksdb"})
    void stateGoesOnFromASavepointInAnotherPoolAndWithAnotherParallelism(String backend, @TempDir Path directory)
            throws Exception {
        Configuration configuration = configuration(backend);
        JobClient job = start(configuration, POOL, 2);
        awaitProcessed(job);
        String savepoint = job.stopWithSavepoint(
                        false, directory.resolve("savepoint").toUri().toString(), SavepointFormatType.CANONICAL)
                .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);

        PoolOptions other = PoolOptions.named(POOL.name() + "-other").withSizeBytes(8 << 20);
        try (SharedMemoryPool pool = SharedMemoryPool.open(other)) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
            JobClient restored = start(configuration, other, 3);
            awaitProcessed(restored);
            TestJobs.cancel(restored);
            await("everything to be given back", () -> pool.statistics().segments() == 0);
        } finally {
            ProcessPools.closeAll();
            assertThat(SharedMemoryPool.remove(other)).isTrue();
        }
        assertThat(HistoryPerKey.TIMERS).hasPositiveValue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hashmap", "rocksdb"})
    void windowsKeepCopies(String backend) throws Exception {
        int segments = 100;
        StreamExecutionEnvironment env = environment(configuration(backend));
        List<Long> tumbling = numbersInEventTime(env, segments)
                .window(TumblingEventTimeWindows.of(Duration.ofMillis(20)))
                .process(new Count(), Types.LONG)
                .setParallelism(2)
                .executeAndCollect(1000);
        assertThat(tumbling).hasSize(5 * 2).containsOnly(10L);

        List<Long> sessions = numbersInEventTime(env, segments)
                .window(EventTimeSessionWindows.withGap(Duration.ofMillis(50)))
                .evictor(CountEvictor.of(7))
                .process(new Count(), Types.LONG)
                .setParallelism(2)
                .executeAndCollect(1000);
        assertThat(sessions).containsExactly(7L, 7L);
    }

    @Test
    void asynchronousCallsKeepCopies() throws Exception {
        int segments = 100;
        StreamExecutionEnvironment env = environment(new Configuration());
        DataStream<Segment> copies = SegmentStream.of(segments(env, 0, segments), POOL)
                .rebalance()
                .toDataStream()
                .setParallelism(2);
        List<Long> numbers = AsyncDataStream.unorderedWait(copies, new LaterNumber(), 1, TimeUnit.MINUTES, 10)
                .returns(Types.LONG)
                .executeAndCollect(1000);
        assertThat(numbers)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, segments).boxed().toList());
    }

    private static Configuration configuration(String backend) {
        Configuration configuration = new Configuration();
        configuration.set(StateBackendOptions.STATE_BACKEND, backend);
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
        return configuration;
    }

    private static JobClient start(Configuration configuration, PoolOptions poolOptions, int parallelism)
            throws Exception {
        HistoryPerKey.PROCESSED.set(0);
        StreamExecutionEnvironment env = environment(configuration);
        GeneratorFunction<Long, Long> identity = number -> number;
        DataGeneratorSource<Long> numbers = new DataGeneratorSource<>(
                identity, Long.MAX_VALUE, RateLimiterStrategy.perSecond(RECORDS_PER_SECOND), Types.LONG);
        DataStream<Segment> segments = env.fromSource(numbers, WatermarkStrategy.noWatermarks(), "numbers")
                .uid("numbers")
                .flatMap(new TestSegments.Make(poolOptions, false))
                .returns(SegmentTypeInfo.of())
                .uid("segments");
        SegmentStream.of(segments, poolOptions)
                .keyBy(segment -> TestSegments.number(segment) % HistoryPerKey.KEYS, Types.LONG)
                .process(new HistoryPerKey(), Types.LONG)
                .setParallelism(parallelism)
                .uid("history")
                .sinkTo(new DiscardingSink<>())
                .uid("nothing");
        return env.executeAsync();
    }

    /** Two keys; the number is the time in milliseconds. */
    private static KeyedStream<Segment, Long> numbersInEventTime(StreamExecutionEnvironment env, int segments) {
        DataStream<Segment> stream = env.fromSequence(0, segments - 1)
                .assignTimestampsAndWatermarks(WatermarkStrategy.<Long>forMonotonousTimestamps()
                        .withTimestampAssigner((number, timestamp) -> number))
                .flatMap(new TestSegments.Make(POOL, false))
                .returns(SegmentTypeInfo.of());
        return SegmentStream.of(stream, POOL)
                .keyBy(segment -> TestSegments.number(segment) % 2, Types.LONG)
                .toKeyedStream(2);
    }

    private static void awaitProcessed(JobClient job) throws InterruptedException {
        await("enough records", () -> {
            assertThat(status(job).isGloballyTerminalState())
                    .as("the job has ended")
                    .isFalse();
            return HistoryPerKey.PROCESSED.get() > ENOUGH;
        });
    }

    private static JobStatus status(JobClient job) {
        return job.getJobStatus().join();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline)
                    .as("waited in vain for " + what)
                    .isNegative();
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static final class Count extends ProcessWindowFunction<Segment, Long, Long, TimeWindow> {
        private static final long serialVersionUID = 1L;

        @Override
        public void process(Long key, Context context, Iterable<Segment> segments, Collector<Long> out) {
            long count = 0;
            for (Segment segment : segments) {
                assertThat(segment.isIn(pool())).isFalse();
                assertThat(TestSegments.sum(segment)).isEqualTo(TestSegments.expectedSum(TestSegments.number(segment)));
                assertThat(TestSegments.number(segment) % 2).isEqualTo(key);
                count++;
            }
            out.collect(count);
        }
    }

    /** Looks at the segment on another thread, when the function has long returned. */
    private static final class LaterNumber implements AsyncFunction<Segment, Long> {
        private static final long serialVersionUID = 1L;

        @Override
        public void asyncInvoke(Segment segment, ResultFuture<Long> result) {
            CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS)
                    .execute(() -> result.complete(List.of(TestSegments.number(segment))));
        }
    }
}
