package io.arrowshm.flink.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetBuilder;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.TestCluster;
import io.arrowshm.flink.TestJobs;
import io.arrowshm.flink.TestPool;
import io.arrowshm.flink.sink.DatasetSink;
import io.arrowshm.flink.source.enumerator.SplitPolicy;
import io.arrowshm.flink.source.reader.RowsReader;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The source in jobs. */
@ExtendWith(TestCluster.class)
class DatasetSourceTest {
    @RegisterExtension
    static final TestPool POOL = new TestPool("source");

    private static final RowsReader<Long> LONGS = (rows, out) -> {
        for (long i = 0; i < rows.array().length(0); i++) {
            out.collect(rows.array().getLong(i));
        }
    };

    @AfterEach
    void deleteDatasets() {
        POOL.deleteAll();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void everyRowOfAnArrayIsReadOnce(int parallelism) throws Exception {
        POOL.publish("data", LongStream.range(0, 1000).toArray());
        DatasetSource<Long> source = DatasetSource.rows(POOL.options(), LONGS, Types.LONG)
                .setDataset("data")
                .setRowsPerRecord(64)
                .build();
        assertThat(collect(source, parallelism))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, 1000).boxed().toList());
    }

    @Test
    void theRowsOfRecordBatchesAreReadInTheBatchTheyLieIn() throws Exception {
        Schema schema = new Schema(List.of(Field.nullable("value", new ArrowType.Int(64, true))));
        try (SegmentWriter writer = POOL.pool().newSegment(schema, 4096)) {
            BigIntVector values = (BigIntVector) writer.root().getVector(0);
            values.allocateNew(100);
            for (int i = 0; i < 100; i++) {
                values.set(i, i);
            }
            writer.root().setRowCount(100);
            try (Segment segment = writer.seal()) {
                POOL.datasets().create("batches").add("group/batch", segment).publishPersistent();
            }
        }
        RowsReader<Long> reader = (rows, out) -> {
            BigIntVector values = (BigIntVector) rows.batch().getVector(0);
            for (long i = rows.fromRow(); i < rows.toRow(); i++) {
                out.collect(values.get(Math.toIntExact(i)));
            }
        };
        DatasetSource<Long> source = DatasetSource.rows(POOL.options(), reader, Types.LONG)
                .setDataset("batches")
                .setPath("group")
                .setRowsPerRecord(7)
                .build();
        assertThat(collect(source, 2))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, 100).boxed().toList());
    }

    @Test
    void wholeSegmentsAreReadAlsoThoseWithoutRows() throws Exception {
        DatasetBuilder dataset = POOL.datasets().create("segments");
        List<Segment> segments = List.of(POOL.array(), POOL.array(1), POOL.array(1, 2, 3), scalar());
        for (int i = 0; i < segments.size(); i++) {
            dataset.add("s" + i, segments.get(i));
        }
        dataset.publishPersistent();
        segments.forEach(Segment::close);
        StreamExecutionEnvironment env = environment();
        List<Long> sizes = env.fromSource(
                        DatasetSource.segments(POOL.options())
                                .setDataset("segments")
                                .build(),
                        WatermarkStrategy.noWatermarks(),
                        "source")
                .setParallelism(2)
                .map(segment -> segment.array().size(), Types.LONG)
                .executeAndCollect(100);
        assertThat(sizes).containsExactlyInAnyOrder(0L, 1L, 3L, 1L);
    }

    @Test
    void twoJobsReadOneDatasetOneIsKilledTheNameIsRemovedAndTheOtherIsUndisturbed() throws Exception {
        POOL.publish("shared", LongStream.range(0, 1000).toArray());
        Gate killed = Gate.open();
        Gate undisturbed = Gate.open();
        JobClient first = gated(killed).executeAsync();
        JobClient second = gated(undisturbed).executeAsync();
        killed.awaitReached();
        undisturbed.awaitReached();
        TestJobs.cancel(first);
        POOL.datasets().delete("shared");
        POOL.awaitSegments(1);
        undisturbed.permits.release(1000);
        second.getJobExecutionResult().get(30, TimeUnit.SECONDS);
        assertThat(undisturbed.rows).hasValue(1000);
        POOL.awaitSegments(0);
    }

    @Test
    void whatProducersDeliverIsReadExactlyOncePublishedExactlyOnceAndThenDeletedThoughTheJobFails() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        FailAt.place(random, 3, 2000);
        StreamExecutionEnvironment env = environment();
        env.enableCheckpointing(20);
        env.fromSource(
                        DatasetSource.rows(POOL.options(), LONGS, Types.LONG)
                                .setDatasetsBelow("in")
                                .setDiscoveryInterval(Duration.ofMillis(10))
                                .setDeleteWhenRead(true)
                                .setRowsPerRecord(3)
                                .build(),
                        WatermarkStrategy.noWatermarks(),
                        "source")
                .setParallelism(2)
                .rebalance()
                .flatMap(new FailAt(), SegmentTypeInfo.of())
                .setParallelism(2)
                .sinkTo(DatasetSink.to(POOL.options(), "out"))
                .setParallelism(2);
        JobClient job = env.executeAsync();
        long published = 0;
        for (int dataset = 0; dataset < 40; dataset++) {
            long[] values = LongStream.range(published, published + 1 + random.nextInt(100))
                    .toArray();
            POOL.publish("in/" + String.format("%03d", dataset), values);
            published += values.length;
            if (dataset % 10 == 9) {
                TestPool.await(() -> POOL.datasets().list("in").isEmpty(), "what was read to be deleted");
            }
        }
        List<Long> expected = LongStream.range(0, published).boxed().toList();
        assertThat(FailAt.FAILURES_LEFT).hasValue(0);
        TestPool.await(() -> values("out").size() >= expected.size(), "everything to be published");
        TestJobs.cancel(job);
        assertThat(values("out")).containsExactlyInAnyOrderElementsOf(expected);
        POOL.awaitSegments(expected.size());
    }

    @Test
    void aDatasetThatIsNotThereFailsTheJobAndNamesIt() {
        DatasetSource<Long> source = DatasetSource.rows(POOL.options(), LONGS, Types.LONG)
                .setDataset("absent")
                .build();
        assertThatThrownBy(() -> collect(source, 1)).hasStackTraceContaining("there is no dataset absent");
    }

    @Test
    void aDamagedDatasetFailsTheJobAndNamesIt() throws Exception {
        POOL.publish("damaged", 1, 2, 3);
        Path manifests = POOL.pool().directory().resolve("names");
        try (var files = Files.walk(manifests)) {
            Path manifest = files.filter(file -> file.getFileName().toString().startsWith("damaged"))
                    .findFirst()
                    .orElseThrow();
            Files.writeString(manifest, "{", StandardOpenOption.TRUNCATE_EXISTING);
        }
        DatasetSource<Long> source = DatasetSource.rows(POOL.options(), LONGS, Types.LONG)
                .setDataset("damaged")
                .build();
        assertThatThrownBy(() -> collect(source, 1)).hasStackTraceContaining("damaged");
        assertThat(POOL.datasets().delete("damaged")).isTrue();
    }

    @Test
    void aSourceWithoutADatasetOrWithoutRowsPerRecordCannotBeMade() {
        assertThatThrownBy(() -> DatasetSource.segments(POOL.options()).build())
                .isInstanceOfSatisfying(
                        SharedMemoryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.ARGUMENT));
        assertThatThrownBy(() -> DatasetSource.segments(POOL.options()).setRowsPerRecord(0))
                .hasMessageContaining("rows per record=0");
    }

    private static StreamExecutionEnvironment gated(Gate gate) {
        int index = Gate.GATES.indexOf(gate);
        RowsReader<Long> reader = (rows, out) -> {
            Gate.GATES.get(index).pass();
            out.collect(rows.array().getLong(0));
        };
        StreamExecutionEnvironment env = environment();
        env.fromSource(
                        DatasetSource.rows(POOL.options(), reader, Types.LONG)
                                .setDataset("shared")
                                .setRowsPerRecord(1)
                                .setSplitPolicy(SplitPolicy.byParallelism())
                                .build(),
                        WatermarkStrategy.noWatermarks(),
                        "source")
                .setParallelism(2)
                .sinkTo(new DiscardingSink<>());
        return env;
    }

    private static List<Long> collect(DatasetSource<Long> source, int parallelism) throws Exception {
        return environment()
                .fromSource(source, WatermarkStrategy.noWatermarks(), "source")
                .setParallelism(parallelism)
                .executeAndCollect(10_000);
    }

    private static StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1));
        return TestCluster.environment(2, configuration);
    }

    private static Segment scalar() {
        try (ArrayWriter writer = POOL.pool().newArray(ArraySpec.of(DType.INT64))) {
            return writer.seal();
        }
    }

    /** Everything that is published below a name. */
    private static List<Long> values(String prefix) {
        List<Long> values = new ArrayList<>();
        for (DatasetInfo info : POOL.datasets().list(prefix)) {
            try (Dataset dataset = POOL.datasets().open(info.name())) {
                dataset.root()
                        .segments()
                        .forEach(
                                path -> values.add(dataset.segment(path).array().getLong(0)));
            }
        }
        return values;
    }

    /** Where readers wait in the middle of a dataset; shared by the tasks of this process. */
    private static final class Gate {
        static final List<Gate> GATES = new ArrayList<>();

        final AtomicInteger rows = new AtomicInteger();
        final CountDownLatch reached = new CountDownLatch(2);
        final Semaphore permits = new Semaphore(0);

        static Gate open() {
            Gate gate = new Gate();
            GATES.add(gate);
            return gate;
        }

        void pass() throws InterruptedException {
            reached.countDown();
            permits.acquire();
            rows.incrementAndGet();
        }

        void awaitReached() throws InterruptedException {
            assertThat(reached.await(30, TimeUnit.SECONDS))
                    .as("both readers read")
                    .isTrue();
        }
    }

    /** Makes a segment of each number, and fails some times in between. */
    private static final class FailAt implements FlatMapFunction<Long, Segment> {
        static final AtomicInteger FAILURES_LEFT = new AtomicInteger();

        private static final long serialVersionUID = 1L;
        private static final AtomicInteger SEEN = new AtomicInteger();
        private static volatile List<Integer> places = List.of();

        static void place(Random random, int failures, int values) {
            SEEN.set(0);
            FAILURES_LEFT.set(failures);
            places = random.ints(failures, 1, values / 8).boxed().toList();
        }

        @Override
        public void flatMap(Long value, Collector<Segment> out) {
            int left = FAILURES_LEFT.get();
            if (left > 0
                    && SEEN.incrementAndGet() >= places.get(left - 1)
                    && FAILURES_LEFT.compareAndSet(left, left - 1)) {
                SEEN.set(0);
                throw new IllegalStateException("on purpose");
            }
            try (Segment segment = POOL.array(value)) {
                out.collect(segment);
            }
        }
    }
}
