package io.arrowshm.flink;

import io.arrowshm.Segment;
import io.arrowshm.flink.internals.TwoInputOperator;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;

/**
 * Segments by key and a broadcast stream as the inputs of one function, which gets segments on loan.
 *
 * @param <B> what is broadcast
 */
@PublicEvolving
public final class KeyedBroadcastConnectedSegmentStream<K, B> {
    private final SegmentStream first;
    private final TwoInputs.Keys<K, B> keys;
    private final BroadcastStream<B> second;

    KeyedBroadcastConnectedSegmentStream(SegmentStream first, TwoInputs.Keys<K, B> keys, BroadcastStream<B> second) {
        this.first = first;
        this.keys = keys;
        this.second = second;
    }

    /** Applies a function to the segments, with state and timers of their keys, and to what is broadcast. */
    public <R> SingleOutputStreamOperator<R> process(
            KeyedBroadcastProcessFunction<K, Segment, B, R> function, TypeInformation<R> type) {
        KeyedBroadcastProcessFunction<K, Segment, B, R> clean =
                first.environment().clean(function);
        return TwoInputs.connect(
                first,
                TwoInputs.Second.of(TwoInputOperator.input(first.environment(), second)),
                keys,
                "keyed broadcast process",
                TwoInputOperator.of(clean, second),
                type);
    }
}
