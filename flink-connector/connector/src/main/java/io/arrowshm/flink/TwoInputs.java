package io.arrowshm.flink;

import io.arrowshm.Segment;
import io.arrowshm.flink.stream.Routing;
import io.arrowshm.flink.stream.TwoInputReceiveOperatorFactory;
import io.arrowshm.flink.type.Transfer;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.transformations.TwoInputTransformation;
import org.jspecify.annotations.Nullable;

/** Puts operators with two inputs behind edges of the connector. */
final class TwoInputs {
    private TwoInputs() {}

    /**
     * An operator whose first input are segments.
     *
     * @param keys null if the operator has no keyed state
     */
    static <B, R, D extends AbstractStreamOperator<R> & TwoInputStreamOperator<Segment, B, R>>
            SingleOutputStreamOperator<R> connect(
                    SegmentStream first,
                    Second<B> second,
                    @Nullable Keys<?, B> keys,
                    String name,
                    D operator,
                    TypeInformation<R> type) {
        StreamExecutionEnvironment environment = first.environment();
        SegmentEdge edge = first.edge();
        List<SingleOutputStreamOperator<?>> senders = new ArrayList<>(edge.senders());
        List<Routing> routings = new ArrayList<>(List.of(edge.routing()));
        Transformation<?> secondInput = second.connect(senders, routings);
        TwoInputTransformation<Transfer, Object, R> transformation = new TwoInputTransformation<>(
                edge.transfers().getTransformation(),
                untyped(secondInput),
                SegmentEdge.name(name, edge.routing(), first.poolOptions()),
                new TwoInputReceiveOperatorFactory<B, R, D>(operator, first.poolOptions()),
                type,
                environment.getParallelism());
        if (keys != null) {
            keys.setOn(transformation);
        }
        environment.addOperator(transformation);
        return new ReceivedOperator<>(environment, transformation, List.of(), senders, routings);
    }

    @SuppressWarnings("unchecked")
    private static <T> Transformation<T> untyped(Transformation<?> transformation) {
        return (Transformation<T>) transformation;
    }

    /** The second input: a stream of segments or any other. */
    @FunctionalInterface
    interface Second<B> {
        /** What the operator gets; adds the operators and routings of an edge of the connector if there is one. */
        Transformation<?> connect(List<SingleOutputStreamOperator<?>> senders, List<Routing> routings);

        static Second<Segment> of(SegmentStream stream) {
            return (senders, routings) -> {
                SegmentEdge edge = stream.edge();
                senders.addAll(edge.senders());
                routings.add(edge.routing());
                return edge.transfers().getTransformation();
            };
        }

        static <B> Second<B> of(DataStream<B> stream) {
            return of(stream.getTransformation());
        }

        static <B> Second<B> of(Transformation<B> transformation) {
            return (senders, routings) -> transformation;
        }
    }

    /** The keys of both inputs; null for an input that has none. */
    record Keys<K, B>(
            KeySelector<Segment, K> first, @Nullable KeySelector<B, K> second, TypeInformation<K> type) {
        /** The operator applies them to the segments that it receives, not to what travels. */
        @SuppressWarnings({"unchecked", "rawtypes"})
        void setOn(TwoInputTransformation<?, ?, ?> transformation) {
            ((TwoInputTransformation) transformation).setStateKeySelectors(first, second);
            transformation.setStateKeyType(type);
        }
    }
}
