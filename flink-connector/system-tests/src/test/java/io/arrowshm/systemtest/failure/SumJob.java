package io.arrowshm.systemtest.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.cluster.Placement;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/**
 * A job whose result is right only if it is exactly-once: numbers, whose position is checkpointed, become arrays in the
 * pool, which travel by reference to the workers, and from there by key to keyed totals.
 *
 * @param name of the job, and in the names of its operators
 * @param poolOptions that the arrays lie in
 * @param records numbers
 * @param parallelism of all but the source
 * @param source where that one runs; null for anywhere
 * @param workers where the others run; null for anywhere
 * @param troubles what happens to it
 * @param keeps whether the workers keep every segment until they close
 */
record SumJob(
        String name,
        PoolOptions poolOptions,
        long records,
        int parallelism,
        @Nullable Placement source,
        @Nullable Placement workers,
        List<Trouble> troubles,
        boolean keeps) {
    static final int MAX_PARALLELISM = 16;
    private static final long KEYS = 32;

    SumJob with(Trouble trouble) {
        List<Trouble> all = new ArrayList<>(troubles);
        all.add(trouble);
        return new SumJob(name, poolOptions, records, parallelism, source, workers, all, keeps);
    }

    SumJob withRecords(long newRecords) {
        return new SumJob(name, poolOptions, newRecords, parallelism, source, workers, troubles, keeps);
    }

    SumJob withParallelism(int newParallelism) {
        return new SumJob(name, poolOptions, records, newParallelism, source, workers, troubles, keeps);
    }

    SumJob keepingSegments() {
        return new SumJob(name, poolOptions, records, parallelism, source, workers, troubles, true);
    }

    /** Adds it to a job; several in one job are regions of their own. */
    void addTo(StreamExecutionEnvironment environment) {
        environment.getConfig().setMaxParallelism(MAX_PARALLELISM);
        SingleOutputStreamOperator<Long> numbers = environment
                .fromSequence(0, records - 1)
                .setParallelism(1)
                .name("numbers of " + name)
                .uid("numbers of " + name);
        if (source != null) {
            numbers.slotSharingGroup(source.group());
        }
        SingleOutputStreamOperator<Segment> arrays = numbers.flatMap(new MakeArrays(poolOptions, troubles))
                .returns(SegmentTypeInfo.of())
                .setParallelism(1)
                .name("arrays of " + name)
                .uid("arrays of " + name);
        SingleOutputStreamOperator<Segment> worked = placed(
                SegmentStream.of(arrays, poolOptions)
                        .rebalance()
                        .flatMap(new Work(troubles, keeps), SegmentTypeInfo.of()),
                "work of ");
        placed(
                        SegmentStream.of(worked, poolOptions)
                                .keyBy(new ByNumber(), Types.LONG)
                                .process(new Totals(name), Types.LONG),
                        "totals of ")
                .sinkTo(new DiscardingSink<>())
                .setParallelism(parallelism)
                .uid("end of " + name);
    }

    /** Checks that every record was counted exactly once. */
    void assertRight(JobExecutionResult result) {
        assertThat(result.<Long>getAccumulatorResult(Totals.records(name)))
                .as("records of %s", name)
                .isEqualTo(records);
        assertThat(result.<Long>getAccumulatorResult(Totals.sum(name)))
                .as("sum of %s", name)
                .isEqualTo(records * (records - 1) / 2);
    }

    private <T> SingleOutputStreamOperator<T> placed(SingleOutputStreamOperator<T> operator, String role) {
        operator.setParallelism(parallelism).name(role + name).uid(role + name);
        return workers == null ? operator : operator.slotSharingGroup(workers.group());
    }

    private static final class ByNumber implements KeySelector<Segment, Long> {
        private static final long serialVersionUID = 1L;

        @Override
        public Long getKey(Segment segment) {
            return segment.array().getLong(0) % KEYS;
        }
    }
}
