package io.arrowshm.systemtest.failure;

import io.arrowshm.Segment;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.util.Collector;

/** Passes every segment on; may have trouble with it, or keep it until it closes. */
final class Work extends RichFlatMapFunction<Segment, Segment> implements CheckpointedFunction {
    private static final long serialVersionUID = 1L;

    private final List<Trouble> troubles;
    private final boolean keeps;
    private transient List<Segment> kept;

    Work(List<Trouble> troubles, boolean keeps) {
        this.troubles = troubles;
        this.keeps = keeps;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        kept = new ArrayList<>();
    }

    @Override
    public void flatMap(Segment segment, Collector<Segment> out) throws Exception {
        long number = MakeArrays.number(segment);
        for (Trouble trouble : troubles) {
            trouble.at(Trouble.Place.WORKING, number);
        }
        if (keeps) {
            kept.add(segment.retain());
        }
        out.collect(segment);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        for (Trouble trouble : troubles) {
            trouble.at(Trouble.Place.CHECKPOINT, context.getCheckpointId());
        }
    }

    @Override
    public void close() {
        // Absent if the task never got so far.
        if (kept != null) {
            kept.forEach(Segment::close);
        }
    }
}
