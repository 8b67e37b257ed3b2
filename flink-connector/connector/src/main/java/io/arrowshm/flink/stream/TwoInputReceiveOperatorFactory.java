package io.arrowshm.flink.stream;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.flink.internals.OperatorAround;
import io.arrowshm.flink.internals.OperatorAroundFactory;
import io.arrowshm.flink.internals.TwoInputOperator;
import io.arrowshm.flink.type.Transfer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;

/** Puts one of Flink's operators with two inputs behind edges of the connector. */
@Internal
public final class TwoInputReceiveOperatorFactory<B, R> extends OperatorAroundFactory<Transfer, Object, Segment, B, R> {
    private static final long serialVersionUID = 1L;

    private final PoolOptions poolOptions;

    public TwoInputReceiveOperatorFactory(TwoInputOperator<Segment, B, R> operator, PoolOptions poolOptions) {
        super(operator);
        this.poolOptions = poolOptions;
    }

    @Override
    protected <D extends AbstractStreamOperator<R> & TwoInputStreamOperator<Segment, B, R>>
            OperatorAround<Transfer, Object, Segment, B, R> around(D made) {
        return new TwoInputReceiveOperator<>(made, poolOptions);
    }
}
