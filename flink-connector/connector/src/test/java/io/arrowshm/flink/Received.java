package io.arrowshm.flink;

import io.arrowshm.Segment;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.ListAccumulator;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;

/** A function that notes which segments have arrived where. */
final class Received extends RichFlatMapFunction<Segment, Long> {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final ListAccumulator<Arrival> arrivals = new ListAccumulator<>();

    Received(String name) {
        this.name = name;
    }

    /** What has arrived, in no order. */
    static List<Arrival> in(JobExecutionResult result, String name) {
        return new ArrayList<>(result.<List<Arrival>>getAccumulatorResult(name));
    }

    @Override
    public void open(OpenContext context) {
        getRuntimeContext().addAccumulator(name, arrivals);
    }

    @Override
    public void flatMap(Segment segment, Collector<Long> out) {
        arrivals.add(
                new Arrival(getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(), TestSegments.number(segment)));
        out.collect(TestSegments.sum(segment));
    }

    /**
     * A segment at a subtask.
     *
     * @param number of the segment
     */
    record Arrival(int subtask, long number) implements Serializable {}
}
