package io.arrowshm.flink.stream;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.flink.internals.OperatorAround;
import io.arrowshm.flink.type.Transfer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Behind two edges: one of Flink's operators with two inputs, to which the segments of the first and perhaps also of the
 * second edge are lent. Such an operator is never chained to what is in front of it, so it has to receive by itself.
 *
 * @param <B> what the operator gets as its second input
 */
final class TwoInputReceiveOperator<B, R> extends OperatorAround<Transfer, Object, Segment, B, R> {
    private static final long serialVersionUID = 1L;

    private final PoolOptions poolOptions;

    @SuppressWarnings("NullAway.Init")
    private transient Receiver receiver;

    <D extends AbstractStreamOperator<R> & TwoInputStreamOperator<Segment, B, R>> TwoInputReceiveOperator(
            D operator, PoolOptions poolOptions) {
        super(operator);
        this.poolOptions = poolOptions;
    }

    @Override
    public void open() throws Exception {
        super.open();
        receiver = Receiver.open(poolOptions, context());
    }

    @Override
    public void close() throws Exception {
        // Absent if opening failed.
        if (receiver != null) {
            receiver.close();
        }
        super.close();
    }

    @Override
    public void processElement1(StreamRecord<Transfer> element) throws Exception {
        receiver.lend(element, this::processFirst);
    }

    /** The element is a transfer if the second edge is the connector's too. */
    @Override
    @SuppressWarnings("unchecked")
    public void processElement2(StreamRecord<Object> element) throws Exception {
        if (element.getValue() instanceof Transfer) {
            receiver.lend(
                    (StreamRecord<Transfer>) (StreamRecord<?>) element,
                    segment -> processSecond((StreamRecord<B>) (StreamRecord<?>) segment));
        } else {
            processSecond((StreamRecord<B>) (StreamRecord<?>) element);
        }
    }
}
