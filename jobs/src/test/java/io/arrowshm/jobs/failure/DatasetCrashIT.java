package io.arrowshm.jobs.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.sink.DatasetSink;
import io.arrowshm.flink.source.DatasetSource;
import io.arrowshm.flink.type.SegmentTypeInfo;
import io.arrowshm.jobs.failure.Trouble.Effect;
import io.arrowshm.jobs.failure.Trouble.Place;
import io.arrowshm.shm.ArrayWriter;
import io.arrowshm.shm.PoolOptions;
import io.arrowshm.shm.Segment;
import io.arrowshm.shm.dataset.Dataset;
import io.arrowshm.shm.dataset.DatasetBuilder;
import io.arrowshm.shm.dataset.DatasetInfo;
import io.arrowshm.shm.dataset.Datasets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A job copies a dataset to others, and the process of its source or of its sink is killed. */
class DatasetCrashIT extends BesideABystander {
    private static final String INPUT = "in";
    private static final String OUTPUT = "out";
    private static final int SEGMENTS = 150;

    /** Where the process stops. */
    enum Crash {
        /** The source's function has a segment on loan, the readers have their splits. */
        READING(FailureCluster.SOURCE, null, 0),
        /** The sink has written a manifest, and none of its segments has its name. */
        STAGING(FailureCluster.WORKERS, "MANIFEST_WRITTEN", 3),
        /** Some segments have their name, and no manifest says so. */
        NAMING(FailureCluster.WORKERS, "SEGMENT_NAMED", 30),
        /** The sink has staged what it has for the first checkpoint, which is not complete. */
        STAGED(FailureCluster.WORKERS, "MANIFEST_RENAMED", 2),
        /** The sink has published some of what the first checkpoint covers. */
        COMMITTING(FailureCluster.WORKERS, "MANIFEST_RENAMED", 3);

        private final int victim;
        private final @Nullable String fault;
        private final int times;

        Crash(int victim, @Nullable String fault, int times) {
            this.victim = victim;
            this.fault = fault;
            this.times = times;
        }
    }

    @AfterEach
    void deleteDatasets() throws Exception {
        failures.cancelJobs();
        Datasets datasets = datasets();
        datasets.list(OUTPUT).forEach(info -> datasets.delete(info.name()));
        datasets.delete(INPUT);
    }

    @ParameterizedTest
    @EnumSource
    void aKillLeavesEverySegmentPublishedExactlyOnceAndTheBystanderUndisturbed(Crash crash) throws Exception {
        publishInput();
        if (crash.fault != null) {
            failures.replaceByOneThatStops(crash.victim, crash.fault, crash.times);
        }
        Trouble trouble = Trouble.in(
                failures.newDirectory(),
                Place.WORKING,
                crash.fault == null ? SEGMENTS / 2 : 0,
                crash.fault == null ? Effect.STANDS_STILL : Effect.TAKES_ITS_TIME);
        RunningJob running = submit(crash.name(), trouble);
        if (crash.fault == null) {
            failures.awaitOpen(trouble.reached());
        } else {
            failures.awaitStopped(crash.victim);
        }
        failures.kill(crash.victim, "dataset " + crash);
        failures.cluster().startTaskManager(crash.victim);
        trouble.over().open();
        running.result();
        assertThat(published())
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, SEGMENTS).boxed().toList());
        assertThat(datasets().list().stream().map(DatasetInfo::name))
                .allMatch(name -> name.equals(INPUT) || name.startsWith(OUTPUT + "/"));
    }

    private RunningJob submit(String name, Trouble trouble) throws Exception {
        PoolOptions pool = failures.watch().options();
        StreamExecutionEnvironment environment = failures.environment(Map.of());
        SingleOutputStreamOperator<Segment> read = environment
                .fromSource(
                        DatasetSource.segments(pool).setDataset(INPUT).build(),
                        WatermarkStrategy.noWatermarks(),
                        "dataset")
                .setParallelism(1)
                .slotSharingGroup(FailureCluster.SOURCE_PLACE.group())
                .flatMap(new Work(List.of(trouble), false))
                .returns(SegmentTypeInfo.of())
                .setParallelism(1);
        SegmentStream.of(read, pool)
                .rebalance()
                .flatMap(new Work(List.of(), false), SegmentTypeInfo.of())
                .setParallelism(FailureCluster.PARALLELISM)
                .slotSharingGroup(FailureCluster.WORKERS_PLACE.group())
                .sinkTo(DatasetSink.to(pool, OUTPUT))
                .setParallelism(FailureCluster.PARALLELISM);
        return failures.submit(environment, name);
    }

    private void publishInput() {
        DatasetBuilder input = datasets().create(INPUT).persistent();
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < SEGMENTS; i++) {
            try (ArrayWriter writer = failures.watch().pool().newArray(MakeArrays.SPEC)) {
                writer.array().fill(i);
                Segment segment = writer.seal();
                segments.add(segment);
                input.add("s" + i, segment);
            }
        }
        input.publish().close();
        segments.forEach(Segment::close);
    }

    private List<Long> published() {
        List<Long> numbers = new ArrayList<>();
        for (DatasetInfo info : datasets().list(OUTPUT)) {
            try (Dataset dataset = datasets().open(info.name())) {
                dataset.root().segments().forEach(path -> numbers.add(MakeArrays.number(dataset.segment(path))));
            }
        }
        return numbers;
    }

    private Datasets datasets() {
        return Datasets.of(failures.watch().pool());
    }
}
