package io.arrowshm.flink;

import io.arrowshm.Segment;
import io.arrowshm.flink.internals.TwoInputOperator;
import io.arrowshm.flink.stream.Routing;
import io.arrowshm.flink.stream.TwoInputReceiveOperatorFactory;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.jspecify.annotations.Nullable;

/** Puts operators with two inputs behind edges of the connector. */
final class TwoInputs {
    private TwoInputs() {}

    /**
     * An operator whose first input are segments.
     *
     * @param keys null if the operator has no keyed state
     */
    static <B, R> SingleOutputStreamOperator<R> connect(
            SegmentStream first,
            Second<B> second,
            @Nullable Keys<?, B> keys,
            String name,
            TwoInputOperator<Segment, B, R> operator,
            TypeInformation<R> type) {
        SegmentEdge edge = first.edge();
        List<SingleOutputStreamOperator<?>> senders = new ArrayList<>(edge.senders());
        List<Routing> routings = new ArrayList<>(List.of(edge.routing()));
        DataStream<?> secondInput = second.connect(senders, routings);
        SingleOutputStreamOperator<R> connected = edge.transfers()
                .connect(untyped(secondInput))
                .transform(
                        SegmentEdge.name(name, edge.routing(), first.poolOptions()),
                        type,
                        new TwoInputReceiveOperatorFactory<>(operator, first.poolOptions()));
        if (keys != null) {
            // The operator applies them to the segments that it receives, not to what travels.
            TwoInputOperator.setKeys(connected, keys.first(), keys.second(), keys.type());
        }
        return new ReceivedOperator<>(connected, List.of(), senders, routings);
    }

    @SuppressWarnings("unchecked")
    private static DataStream<Object> untyped(DataStream<?> stream) {
        return (DataStream<Object>) stream;
    }

    /** The second input: a stream of segments or any other. */
    @FunctionalInterface
    interface Second<B> {
        /** What the operator gets; adds the operators and routings of an edge of the connector if there is one. */
        DataStream<?> connect(List<SingleOutputStreamOperator<?>> senders, List<Routing> routings);

        static Second<Segment> of(SegmentStream stream) {
            return (senders, routings) -> {
                SegmentEdge edge = stream.edge();
                senders.addAll(edge.senders());
                routings.add(edge.routing());
                return edge.transfers();
            };
        }

        static <B> Second<B> of(DataStream<B> stream) {
            return (senders, routings) -> stream;
        }
    }

    /** The keys of both inputs; null for an input that has none. */
    record Keys<K, B>(
            KeySelector<Segment, K> first, @Nullable KeySelector<B, K> second, TypeInformation<K> type) {}
}
