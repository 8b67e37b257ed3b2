package io.arrowshm.systemtest.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.ArrayWriter;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetBuilder;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.sink.DatasetSink;
import io.arrowshm.flink.source.DatasetSource;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A job that copies a dataset to others, segment by segment, and what is read and written by it. One thread. */
final class DatasetCopy {
    /** Of the dataset that is copied. */
    static final int SEGMENTS = 150;

    private static final String INPUT = "in";
    private static final String OUTPUT = "out";

    private final FailureCluster failures;
    private final Datasets datasets;

    DatasetCopy(FailureCluster failures) {
        this.failures = failures;
        this.datasets = Datasets.of(failures.watch().pool());
    }

    /** Makes the dataset that is copied, which stays until it is deleted. */
    void publishInput() {
        DatasetBuilder input = datasets.create(INPUT);
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < SEGMENTS; i++) {
            try (ArrayWriter writer = failures.watch().pool().newArray(MakeArrays.SPEC)) {
                writer.array().fill(i);
                Segment segment = writer.seal();
                segments.add(segment);
                input.add("s" + i, segment);
            }
        }
        input.publishPersistent();
        segments.forEach(Segment::close);
    }

    /** @param trouble of the source, with a segment on loan */
    RunningJob submit(String name, Trouble trouble) throws Exception {
        PoolOptions poolOptions = failures.watch().options();
        StreamExecutionEnvironment environment = failures.environment(Map.of());
        SingleOutputStreamOperator<Segment> read = environment
                .fromSource(
                        DatasetSource.segments(poolOptions).setDataset(INPUT).build(),
                        WatermarkStrategy.noWatermarks(),
                        "dataset")
                .setParallelism(1)
                .slotSharingGroup(FailureCluster.SOURCE_PLACE.group())
                .flatMap(new Work(List.of(trouble), false))
                .returns(SegmentTypeInfo.of())
                .setParallelism(1);
        SegmentStream.of(read, poolOptions)
                .rebalance()
                .flatMap(new Work(List.of(), false), SegmentTypeInfo.of())
                .setParallelism(FailureCluster.PARALLELISM)
                .slotSharingGroup(FailureCluster.WORKERS_PLACE.group())
                .sinkTo(DatasetSink.to(poolOptions, OUTPUT))
                .setParallelism(FailureCluster.PARALLELISM);
        return failures.submit(environment, name);
    }

    /** Checks that each segment was copied exactly once, and that nothing else has a name. */
    void assertRight() {
        List<Long> numbers = new ArrayList<>();
        for (DatasetInfo info : datasets.list(OUTPUT)) {
            try (Dataset dataset = datasets.open(info.name())) {
                dataset.root().segments().forEach(path -> numbers.add(MakeArrays.number(dataset.segment(path))));
            }
        }
        assertThat(numbers)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, SEGMENTS).boxed().toList());
        assertThat(datasets.list().stream().map(DatasetInfo::name))
                .allMatch(name -> name.equals(INPUT) || name.startsWith(OUTPUT + "/"));
    }

    /** Deletes what was read and what was written. */
    void delete() {
        datasets.list(OUTPUT).forEach(info -> datasets.delete(info.name()));
        datasets.delete(INPUT);
    }
}
