package io.arrowshm.flink.stream;

import io.arrowshm.flink.type.Transfer;
import io.arrowshm.shm.PoolOptions;
import io.arrowshm.shm.Segment;
import org.apache.flink.annotation.Internal;
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
    private final PoolOptions pool;

    public TwoInputReceiveOperatorFactory(D operator, PoolOptions pool) {
        this.operator = SimpleOperatorFactory.of(operator);
        this.pool = pool;
    }

    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T extends StreamOperator<R>> T createStreamOperator(StreamOperatorParameters<R> parameters) {
        operator.setProcessingTimeService(parameters.getProcessingTimeService());
        D created = operator.createStreamOperator(parameters);
        return (T) new TwoInputReceiveOperator<B, R, D>(created, pool);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
        return TwoInputReceiveOperator.class;
    }
}
