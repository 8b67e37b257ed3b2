package io.arrowshm.flink;

import io.arrowshm.Segment;
import io.arrowshm.flink.internals.KeyGroups;
import io.arrowshm.flink.internals.TwoInputOperator;
import io.arrowshm.flink.stream.KeyedRouting;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.util.function.Function;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;

/**
 * Segments by key, each on loan to the subtask that keeps the state of its key. What goes into state is a copy: {@link
 * Segment#copyToHeap()}.
 *
 * <p>The number of key groups is fixed when the job is built: the environment's maximum parallelism, the operator's, or what
 * Flink makes of its parallelism. To restore the state with another parallelism than that allows, set it before.
 */
@PublicEvolving
public final class KeyedSegmentStream<K> {
    private final SegmentStream stream;
    private final KeySelector<Segment, K> key;
    private final TypeInformation<K> keyType;

    KeyedSegmentStream(SegmentStream stream, KeySelector<Segment, K> key, TypeInformation<K> keyType) {
        this.stream = stream;
        this.key = key;
        this.keyType = keyType;
    }

    /** Makes segments of each segment, with state and timers of its key. */
    public SegmentOperator process(KeyedProcessFunction<K, Segment, Segment> function) {
        return new SegmentOperator(process(function, SegmentTypeInfo.of()), stream.poolOptions());
    }

    /** Applies a function to each segment, with state and timers of its key. */
    public <R> SingleOutputStreamOperator<R> process(
            KeyedProcessFunction<K, Segment, R> function, TypeInformation<R> type) {
        return apply(keyed -> keyed.process(function, type));
    }

    /** Applies a function to each segment; a rich one has the state of its key. */
    public <R> SingleOutputStreamOperator<R> flatMap(FlatMapFunction<Segment, R> function, TypeInformation<R> type) {
        return apply(keyed -> keyed.flatMap(function, type));
    }

    /** Applies a function to each segment; a rich one has the state of its key. */
    public <R> SingleOutputStreamOperator<R> map(MapFunction<Segment, R> function, TypeInformation<R> type) {
        return apply(keyed -> keyed.map(function, type));
    }

    /** Both streams as the inputs of one function, with state and timers of their common keys. */
    public KeyedConnectedSegmentStream<K, Segment> connect(KeyedSegmentStream<K> second) {
        return new KeyedConnectedSegmentStream<>(
                routed(), new TwoInputs.Keys<>(key, second.key, keyType), TwoInputs.Second.of(second.routed()));
    }

    /** Both streams as the inputs of one function, with state and timers of their common keys. */
    public <B> KeyedConnectedSegmentStream<K, B> connect(KeyedStream<B, K> second) {
        return new KeyedConnectedSegmentStream<>(
                routed(),
                new TwoInputs.Keys<>(key, second.getKeySelector(), keyType),
                TwoInputs.Second.of(TwoInputOperator.input(second)));
    }

    /** Segments with the state of their keys, and what is broadcast to all subtasks of their function. */
    public <B> KeyedBroadcastConnectedSegmentStream<K, B> connect(BroadcastStream<B> second) {
        return new KeyedBroadcastConnectedSegmentStream<>(routed(), new TwoInputs.Keys<>(key, null, keyType), second);
    }

    /**
     * Copies on the heap by key, for what Flink does with keyed streams: windows, reductions, joins. Nothing that these
     * forget holds shared memory. Behind it is the parallelism of the environment.
     */
    public KeyedStream<Segment, K> toKeyedStream() {
        return keyed(routed().toDataStream());
    }

    /** Copies on the heap by key, for operators of that parallelism, which is to be set on them as well. */
    public KeyedStream<Segment, K> toKeyedStream(int parallelism) {
        return keyed(routed().toDataStream().setParallelism(parallelism));
    }

    private KeyedStream<Segment, K> keyed(DataStream<Segment> segments) {
        return KeyGroups.keyed(segments, key, keyType);
    }

    SegmentStream routed() {
        return stream.over(new KeyedRouting<>(key));
    }

    private <R> SingleOutputStreamOperator<R> apply(
            Function<KeyedStream<Segment, K>, SingleOutputStreamOperator<R>> operator) {
        Function<DataStream<Segment>, SingleOutputStreamOperator<R>> keyed =
                received -> operator.apply(keyed(received));
        return routed().edge().apply(keyed);
    }
}
