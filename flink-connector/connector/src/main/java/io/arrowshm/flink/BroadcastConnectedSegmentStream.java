package io.arrowshm.flink;

import io.arrowshm.Segment;
import io.arrowshm.flink.internals.TwoInputOperator;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;

/**
 * Segments and a broadcast stream as the inputs of one function, which gets segments on loan.
 *
 * @param <B> what is broadcast
 */
@PublicEvolving
public final class BroadcastConnectedSegmentStream<B> {
    private final SegmentStream first;
    private final BroadcastStream<B> second;

    BroadcastConnectedSegmentStream(SegmentStream first, BroadcastStream<B> second) {
        this.first = first;
        this.second = second;
    }

    /** Applies a function to the segments and to what is broadcast. */
    public <R> SingleOutputStreamOperator<R> process(
            BroadcastProcessFunction<Segment, B, R> function, TypeInformation<R> type) {
        BroadcastProcessFunction<Segment, B, R> clean = first.environment().clean(function);
        return TwoInputs.connect(
                first,
                TwoInputs.Second.of(TwoInputOperator.input(first.environment(), second)),
                null,
                "broadcast process",
                TwoInputOperator.of(clean, second),
                type);
    }
}
