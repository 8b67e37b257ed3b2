package io.arrowshm.flink.internals;

import java.io.Serializable;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.BroadcastProcessFunction;
import org.apache.flink.streaming.api.functions.co.CoFlatMapFunction;
import org.apache.flink.streaming.api.functions.co.CoMapFunction;
import org.apache.flink.streaming.api.functions.co.CoProcessFunction;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator;
import org.apache.flink.streaming.api.operators.co.CoProcessOperator;
import org.apache.flink.streaming.api.operators.co.CoStreamFlatMap;
import org.apache.flink.streaming.api.operators.co.CoStreamMap;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.transformations.TwoInputTransformation;
import org.jspecify.annotations.Nullable;

/** Flink's operator of a function with two inputs; {@link OperatorAroundFactory} puts it into a job. */
@Internal
public final class TwoInputOperator<A, B, R> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final SimpleOperatorFactory<R> factory;

    private <D extends AbstractStreamOperator<R> & TwoInputStreamOperator<A, B, R>> TwoInputOperator(D operator) {
        factory = SimpleOperatorFactory.of(operator);
    }

    public static <A, B, R> TwoInputOperator<A, B, R> of(CoMapFunction<A, B, R> function) {
        return new TwoInputOperator<>(new CoStreamMap<>(function));
    }

    public static <A, B, R> TwoInputOperator<A, B, R> of(CoFlatMapFunction<A, B, R> function) {
        return new TwoInputOperator<>(new CoStreamFlatMap<>(function));
    }

    public static <A, B, R> TwoInputOperator<A, B, R> of(CoProcessFunction<A, B, R> function) {
        return new TwoInputOperator<>(new CoProcessOperator<>(function));
    }

    public static <A, B, R> TwoInputOperator<A, B, R> of(KeyedCoProcessFunction<?, A, B, R> function) {
        return new TwoInputOperator<>(new KeyedCoProcessOperator<>(function));
    }

    /** @param second whose state the function has */
    public static <A, B, R> TwoInputOperator<A, B, R> of(
            BroadcastProcessFunction<A, B, R> function, BroadcastStream<B> second) {
        return new TwoInputOperator<>(
                new CoBroadcastWithNonKeyedOperator<>(function, second.getBroadcastStateDescriptors()));
    }

    /** @param second whose state the function has */
    public static <A, B, R> TwoInputOperator<A, B, R> of(
            KeyedBroadcastProcessFunction<?, A, B, R> function, BroadcastStream<B> second) {
        return new TwoInputOperator<>(
                new CoBroadcastWithKeyedOperator<>(function, second.getBroadcastStateDescriptors()));
    }

    /** The elements of a stream as a second input; what is known of their keys is left out. */
    public static <B> DataStream<B> input(DataStream<B> stream) {
        return new DataStream<>(stream.getExecutionEnvironment(), stream.getTransformation());
    }

    /** What is broadcast as a second input. */
    public static <B> DataStream<B> input(StreamExecutionEnvironment environment, BroadcastStream<B> stream) {
        return new DataStream<>(environment, stream.getTransformation());
    }

    /**
     * Gives an operator the state of keys that it finds itself in what it gets.
     *
     * @param second null if the second input has no keys
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    public static void setKeys(
            SingleOutputStreamOperator<?> operator,
            KeySelector<?, ?> first,
            @Nullable KeySelector<?, ?> second,
            TypeInformation<?> type) {
        TwoInputTransformation transformation = (TwoInputTransformation) operator.getTransformation();
        transformation.setStateKeySelectors(first, second);
        transformation.setStateKeyType(type);
    }

    SimpleOperatorFactory<R> factory() {
        return factory;
    }
}
