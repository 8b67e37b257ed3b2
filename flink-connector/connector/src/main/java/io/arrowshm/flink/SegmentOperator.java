package io.arrowshm.flink;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import java.util.List;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.util.OutputTag;

/** The segments that an operator emits, and the operator itself, to be named and placed. */
@PublicEvolving
public final class SegmentOperator extends SegmentStream {
    private final SingleOutputStreamOperator<Segment> operator;

    SegmentOperator(SingleOutputStreamOperator<Segment> operator, PoolOptions poolOptions) {
        super(List.of(operator), null, poolOptions);
        this.operator = operator;
    }

    public SegmentOperator name(String name) {
        operator.name(name);
        return this;
    }

    public SegmentOperator uid(String uid) {
        operator.uid(uid);
        return this;
    }

    public SegmentOperator setParallelism(int parallelism) {
        operator.setParallelism(parallelism);
        return this;
    }

    public SegmentOperator setMaxParallelism(int maxParallelism) {
        operator.setMaxParallelism(maxParallelism);
        return this;
    }

    public SegmentOperator slotSharingGroup(SlotSharingGroup group) {
        operator.slotSharingGroup(group);
        return this;
    }

    /** What the function emits under a tag. */
    public <R> DataStream<R> getSideOutput(OutputTag<R> tag) {
        return operator.getSideOutput(tag);
    }

    /** The segments that the function emits under a tag. */
    public SegmentStream getSideOutputSegments(OutputTag<Segment> tag) {
        return SegmentStream.of(operator.getSideOutput(tag), poolOptions());
    }
}
