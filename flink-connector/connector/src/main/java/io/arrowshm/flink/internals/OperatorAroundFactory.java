package io.arrowshm.flink.internals;

import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.SimpleOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperatorFactory;

/** Makes an operator around one of Flink's, and that itself. */
@Internal
public abstract class OperatorAroundFactory<X, Y, A, B, R> extends AbstractStreamOperatorFactory<R>
        implements TwoInputStreamOperatorFactory<X, Y, R> {
    private static final long serialVersionUID = 1L;

    private final TwoInputOperator<A, B, R> operator;

    protected OperatorAroundFactory(TwoInputOperator<A, B, R> operator) {
        this.operator = operator;
    }

    protected abstract <D extends AbstractStreamOperator<R> & TwoInputStreamOperator<A, B, R>>
            OperatorAround<X, Y, A, B, R> around(D made);

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public final <T extends StreamOperator<R>> T createStreamOperator(StreamOperatorParameters<R> parameters) {
        requireUnsortedInputs(parameters);
        return (T) around(make(parameters));
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    private <D extends AbstractStreamOperator<R> & TwoInputStreamOperator<A, B, R>> D make(
            StreamOperatorParameters<R> parameters) {
        SimpleOperatorFactory<R> factory = operator.factory();
        factory.setProcessingTimeService(parameters.getProcessingTimeService());
        return factory.createStreamOperator(parameters);
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
    public final Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return OperatorAround.class;
    }
}
