package io.arrowshm.flink;

import io.arrowshm.Segment;
import io.arrowshm.flink.internals.TwoInputOperator;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.co.CoFlatMapFunction;
import org.apache.flink.streaming.api.functions.co.CoMapFunction;
import org.apache.flink.streaming.api.functions.co.CoProcessFunction;

/**
 * Segments and a second stream as the inputs of one function, which gets segments on loan.
 *
 * @param <B> the second stream's elements
 */
@PublicEvolving
public final class ConnectedSegmentStream<B> {
    private final SegmentStream first;
    private final TwoInputs.Second<B> second;

    ConnectedSegmentStream(SegmentStream first, TwoInputs.Second<B> second) {
        this.first = first;
        this.second = second;
    }

    /** Applies a function to the elements of both streams. */
    public <R> SingleOutputStreamOperator<R> process(
            CoProcessFunction<Segment, B, R> function, TypeInformation<R> type) {
        CoProcessFunction<Segment, B, R> clean = first.environment().clean(function);
        return TwoInputs.connect(first, second, null, "co-process", TwoInputOperator.of(clean), type);
    }

    /** Applies a function to the elements of both streams. */
    public <R> SingleOutputStreamOperator<R> flatMap(
            CoFlatMapFunction<Segment, B, R> function, TypeInformation<R> type) {
        CoFlatMapFunction<Segment, B, R> clean = first.environment().clean(function);
        return TwoInputs.connect(first, second, null, "co-flat map", TwoInputOperator.of(clean), type);
    }

    /** Applies a function to the elements of both streams. */
    public <R> SingleOutputStreamOperator<R> map(CoMapFunction<Segment, B, R> function, TypeInformation<R> type) {
        CoMapFunction<Segment, B, R> clean = first.environment().clean(function);
        return TwoInputs.connect(first, second, null, "co-map", TwoInputOperator.of(clean), type);
    }
}
