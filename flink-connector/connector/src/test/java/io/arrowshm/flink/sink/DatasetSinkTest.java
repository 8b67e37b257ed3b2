package io.arrowshm.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.Segment;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetBuilder;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.flink.TestCluster;
import io.arrowshm.flink.TestPool;
import io.arrowshm.flink.source.DatasetSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.TaskInfoImpl;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sink in jobs that copy one dataset to others. */
@ExtendWith(TestCluster.class)
class DatasetSinkTest {
    @RegisterExtension
    static final TestPool POOL = new TestPool("sink");

    private static final int SEGMENTS = 20;

    @AfterEach
    void deleteDatasets() {
        POOL.deleteAll();
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "BATCH"})
    void aJobWithoutCheckpointsPublishesWhenItEnds(RuntimeExecutionMode mode) throws Exception {
        publishInput();
        StreamExecutionEnvironment env = environment(mode);
        copy(env, false, 2);
        env.execute();
        assertThat(values())
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, SEGMENTS).boxed().toList());
        assertThat(POOL.names()).hasSize(3).contains("in", "out/0000000001-00000", "out/0000000001-00001");
        // What was read is published where it lies, under a further name.
        POOL.awaitSegments(SEGMENTS);
    }

    @Test
    void aJobWithCheckpointsDeletesWhatItHasReadWhenItEnds() throws Exception {
        publishInput();
        StreamExecutionEnvironment env = environment(RuntimeExecutionMode.STREAMING);
        env.enableCheckpointing(20);
        copy(env, true, 2);
        env.execute();
        TestPool.await(() -> !POOL.datasets().exists("in"), "the dataset that was read to be deleted");
        assertThat(values()).hasSize(SEGMENTS);
        POOL.awaitSegments(SEGMENTS);
    }

    @Test
    void whatAWriterThatWasKilledHasStagedIsRemovedByTheNextJob() throws Exception {
        publishInput();
        try (DatasetWriter left = new DatasetWriter(
                new SinkOptions(POOL.options(), "out", new LinkedHashMap<>(), Duration.ofSeconds(1)),
                new TaskInfoImpl("sink", 128, 5, 6, 0),
                OptionalLong.empty(),
                UnregisteredMetricsGroup.createSinkWriterMetricGroup())) {
            try (Segment segment = POOL.array(1)) {
                left.write(segment, null);
            }
            assertThat(left.prepareCommit()).hasSize(1);
        }
        StreamExecutionEnvironment env = environment(RuntimeExecutionMode.STREAMING);
        copy(env, false, 2);
        env.execute();
        assertThat(POOL.names()).noneMatch(name -> name.startsWith("_staging"));
        assertThat(values()).hasSize(SEGMENTS);
    }

    @Test
    void namesThatCouldNotBeStagedAreRefusedWhenTheJobIsMade() {
        assertThat(DatasetSink.to(POOL.options(), "ü b".repeat(20))).isNotNull();
        assertThatThrownBy(() -> DatasetSink.to(POOL.options(), "a".repeat(201)))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("at most 200 bytes");
        assertThatThrownBy(() -> DatasetSink.to(POOL.options(), "a/".repeat(14) + "a"))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("allowed 1 to 14 parts");
    }

    private static void publishInput() {
        DatasetBuilder input = POOL.datasets().create("in");
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < SEGMENTS; i++) {
            segments.add(POOL.array(i));
            input.add("s" + i, segments.get(i));
        }
        input.publishPersistent();
        segments.forEach(Segment::close);
    }

    private static void copy(StreamExecutionEnvironment env, boolean deleteWhenRead, int parallelism) {
        env.fromSource(
                        DatasetSource.segments(POOL.options())
                                .setDataset("in")
                                .setDeleteWhenRead(deleteWhenRead)
                                .build(),
                        WatermarkStrategy.noWatermarks(),
                        "source")
                .setParallelism(parallelism)
                .sinkTo(DatasetSink.to(POOL.options(), "out"))
                .setParallelism(parallelism);
    }

    private static List<Long> values() {
        List<Long> values = new ArrayList<>();
        for (DatasetInfo info : POOL.datasets().list("out")) {
            try (Dataset dataset = POOL.datasets().open(info.name())) {
                dataset.root()
                        .segments()
                        .forEach(
                                path -> values.add(dataset.segment(path).array().getLong(0)));
            }
        }
        return values;
    }

    private static StreamExecutionEnvironment environment(RuntimeExecutionMode mode) {
        Configuration configuration = new Configuration();
        configuration.set(ExecutionOptions.RUNTIME_MODE, mode);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        return TestCluster.environment(2, configuration);
    }
}
