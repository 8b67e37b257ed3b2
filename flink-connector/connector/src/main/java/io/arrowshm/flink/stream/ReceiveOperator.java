package io.arrowshm.flink.stream;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.flink.internals.PreparedOperator;
import io.arrowshm.flink.type.Transfer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Behind an edge: lends each segment to the functions that are chained behind it, until they return. */
@Internal
public final class ReceiveOperator extends PreparedOperator<Segment>
        implements OneInputStreamOperator<Transfer, Segment> {
    private static final long serialVersionUID = 1L;

    private final PoolOptions poolOptions;

    @SuppressWarnings("NullAway.Init")
    private transient Receiver receiver;

    public ReceiveOperator(PoolOptions poolOptions) {
        this.poolOptions = poolOptions;
    }

    @Override
    protected void prepare() {
        ProcessPools.openAhead(poolOptions);
    }

    @Override
    public void open() throws Exception {
        super.open();
        receiver = Receiver.open(poolOptions, getRuntimeContext());
    }

    @Override
    public void processElement(StreamRecord<Transfer> element) throws Exception {
        receiver.lend(element, output::collect);
    }

    @Override
    public void close() throws Exception {
        // Absent if opening failed.
        if (receiver != null) {
            receiver.close();
        }
        super.close();
    }
}
