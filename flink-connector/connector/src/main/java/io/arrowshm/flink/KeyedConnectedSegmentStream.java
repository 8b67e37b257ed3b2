package io.arrowshm.flink;

import io.arrowshm.Segment;
import io.arrowshm.flink.internals.TwoInputOperator;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;

/**
 * Segments by key and a second stream by the same keys as the inputs of one function, which gets segments on loan.
 *
 * @param <B> the second stream's elements
 */
@PublicEvolving
public final class KeyedConnectedSegmentStream<K, B> {
    private final SegmentStream first;
    private final TwoInputs.Keys<K, B> keys;
    private final TwoInputs.Second<B> second;

    KeyedConnectedSegmentStream(SegmentStream first, TwoInputs.Keys<K, B> keys, TwoInputs.Second<B> second) {
        this.first = first;
        this.keys = keys;
        this.second = second;
    }

    /** Applies a function to the elements of both streams, with state and timers of their keys. */
    public <R> SingleOutputStreamOperator<R> process(
            KeyedCoProcessFunction<K, Segment, B, R> function, TypeInformation<R> type) {
        KeyedCoProcessFunction<K, Segment, B, R> clean = first.environment().clean(function);
        return TwoInputs.connect(first, second, keys, "keyed co-process", TwoInputOperator.of(clean), type);
    }
}
