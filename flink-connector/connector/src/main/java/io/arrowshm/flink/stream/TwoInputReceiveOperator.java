package io.arrowshm.flink.stream;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.flink.type.Transfer;
import org.apache.flink.metrics.groups.OperatorMetricGroup;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.jobgraph.OperatorID;
import org.apache.flink.runtime.state.CheckpointStreamFactory;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OperatorAttributes;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.api.operators.StreamTaskStateInitializer;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Behind two edges: one of Flink's operators with two inputs, to which the segments of the first and perhaps also of the
 * second edge are lent. Such an operator is never chained to what is in front of it, so it has to receive by itself.
 *
 * @param <B> what the operator gets as its second input
 * @param <D> the operator
 */
final class TwoInputReceiveOperator<B, R, D extends AbstractStreamOperator<R> & TwoInputStreamOperator<Segment, B, R>>
        implements TwoInputStreamOperator<Transfer, Object, R> {
    private static final long serialVersionUID = 1L;

    private final D operator;
    private final PoolOptions poolOptions;

    @SuppressWarnings("NullAway.Init")
    private transient Receiver receiver;

    TwoInputReceiveOperator(D operator, PoolOptions poolOptions) {
        this.operator = operator;
        this.poolOptions = poolOptions;
    }

    @Override
    public void open() throws Exception {
        operator.open();
        receiver = Receiver.open(poolOptions, operator.getRuntimeContext());
    }

    @Override
    public void close() throws Exception {
        // Absent if opening failed.
        if (receiver != null) {
            receiver.close();
        }
        operator.close();
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

    /** The key is known when the segment is: see {@link #processElement1}. */
    @Override
    public void setKeyContextElement1(StreamRecord<?> record) {}

    /** The key is known when the segment is: see {@link #processElement2}. */
    @Override
    public void setKeyContextElement2(StreamRecord<?> record) {}

    @Override
    public void processWatermark1(Watermark mark) throws Exception {
        operator.processWatermark1(mark);
    }

    @Override
    public void processWatermark2(Watermark mark) throws Exception {
        operator.processWatermark2(mark);
    }

    @Override
    public void processLatencyMarker1(LatencyMarker marker) throws Exception {
        operator.processLatencyMarker1(marker);
    }

    @Override
    public void processLatencyMarker2(LatencyMarker marker) throws Exception {
        operator.processLatencyMarker2(marker);
    }

    @Override
    public void processWatermarkStatus1(WatermarkStatus status) throws Exception {
        operator.processWatermarkStatus1(status);
    }

    @Override
    public void processWatermarkStatus2(WatermarkStatus status) throws Exception {
        operator.processWatermarkStatus2(status);
    }

    @Override
    public void processRecordAttributes1(RecordAttributes attributes) throws Exception {
        operator.processRecordAttributes1(attributes);
    }

    @Override
    public void processRecordAttributes2(RecordAttributes attributes) throws Exception {
        operator.processRecordAttributes2(attributes);
    }

    @Override
    public void finish() throws Exception {
        operator.finish();
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        operator.prepareSnapshotPreBarrier(checkpointId);
    }

    @Override
    public OperatorSnapshotFutures snapshotState(
            long checkpointId, long timestamp, CheckpointOptions options, CheckpointStreamFactory storage)
            throws Exception {
        return operator.snapshotState(checkpointId, timestamp, options, storage);
    }

    @Override
    public void initializeState(StreamTaskStateInitializer initializer) throws Exception {
        operator.initializeState(initializer);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        operator.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        operator.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void setCurrentKey(Object key) {
        operator.setCurrentKey(key);
    }

    @Override
    public Object getCurrentKey() {
        return operator.getCurrentKey();
    }

    @Override
    public OperatorMetricGroup getMetricGroup() {
        return operator.getMetricGroup();
    }

    @Override
    public OperatorID getOperatorID() {
        return operator.getOperatorID();
    }

    @Override
    public OperatorAttributes getOperatorAttributes() {
        return operator.getOperatorAttributes();
    }

    private void processFirst(StreamRecord<Segment> record) throws Exception {
        operator.setKeyContextElement1(record);
        operator.processElement1(record);
    }

    private void processSecond(StreamRecord<B> record) throws Exception {
        operator.setKeyContextElement2(record);
        operator.processElement2(record);
    }
}
