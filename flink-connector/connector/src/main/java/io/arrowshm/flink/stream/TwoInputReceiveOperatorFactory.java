package io.arrowshm.flink.stream;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.flink.type.Transfer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;

/** Puts one of Flink's operators with two inputs behind edges of the connector. */
@Internal
public final class TwoInputReceiveOperatorFactory<
                B, R, D extends AbstractStreamOperator<R> & TwoInputStreamOperator<Segment, B, R>>
        extends AbstractStreamOperatorFactory<R> implements TwoInputStreamOperatorFactory<Transfer, Object, R> {
    private static final long serialVersionUID = 1L;

    private final SimpleOperatorFactory<R> operator;
    private final PoolOptions poolOptions;

    public TwoInputReceiveOperatorFactory(D operator, PoolOptions poolOptions) {
        this.operator = SimpleOperatorFactory.of(operator);
        this.poolOptions = poolOptions;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T extends StreamOperator<R>> T createStreamOperator(StreamOperatorParameters<R> parameters) {
        requireUnsortedInputs(parameters);
        operator.setProcessingTimeService(parameters.getProcessingTimeService());
        D created = operator.createStreamOperator(parameters);
        return (T) new TwoInputReceiveOperator<B, R, D>(created, poolOptions);
    }

    /** They would be sorted by the keys of segments that are not received yet. */
    private static void requireUnsortedInputs(StreamOperatorParameters<?> parameters) {
        ClassLoader classLoader = parameters.getContainingTask().getUserCodeClassLoader();
        for (StreamConfig.InputConfig input : parameters.getStreamConfig().getInputs(classLoader)) {
            if (StreamConfig.requiresSorting(input)) {
                throw new IllegalStateException(
                        "a function of segments by key and a second input in a batch job, which sorts"
                                + " its inputs; allowed is a streaming job: set execution.runtime-mode to STREAMING");
            }
        }
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return TwoInputReceiveOperator.class;
    }
}
