package io.arrowshm.flink.internals;

import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.functions.RuntimeContext;
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
 * An operator with two inputs around one of Flink's: it takes the elements and hands them over, perhaps as others. All else
 * is left to Flink's.
 *
 * @param <X> elements of the first input, of which the operator inside gets an {@code A} each
 * @param <Y> elements of the second input, of which the operator inside gets a {@code B} each
 */
@Internal
public abstract class OperatorAround<X, Y, A, B, R> implements TwoInputStreamOperator<X, Y, R> {
    private static final long serialVersionUID = 1L;

    private final TwoInputStreamOperator<A, B, R> operator;
    private final transient RuntimeContext context;

    protected <D extends AbstractStreamOperator<R> & TwoInputStreamOperator<A, B, R>> OperatorAround(D operator) {
        this.operator = operator;
        this.context = operator.getRuntimeContext();
    }

    protected final RuntimeContext context() {
        return context;
    }

    /** Hands an element over to the operator inside, as its first input. */
    protected final void processFirst(StreamRecord<A> record) throws Exception {
        operator.setKeyContextElement1(record);
        operator.processElement1(record);
    }

    /** Hands an element over to the operator inside, as its second input. */
    protected final void processSecond(StreamRecord<B> record) throws Exception {
        operator.setKeyContextElement2(record);
        operator.processElement2(record);
    }

    /** The key is known when the operator inside gets the element. */
    @Override
    public final void setKeyContextElement1(StreamRecord<?> record) {}

    /** The key is known when the operator inside gets the element. */
    @Override
    public final void setKeyContextElement2(StreamRecord<?> record) {}

    @Override
    public void open() throws Exception {
        operator.open();
    }

    @Override
    public void close() throws Exception {
        operator.close();
    }

    @Override
    public final void processWatermark1(Watermark mark) throws Exception {
        operator.processWatermark1(mark);
    }

    @Override
    public final void processWatermark2(Watermark mark) throws Exception {
        operator.processWatermark2(mark);
    }

    @Override
    public final void processLatencyMarker1(LatencyMarker marker) throws Exception {
        operator.processLatencyMarker1(marker);
    }

    @Override
    public final void processLatencyMarker2(LatencyMarker marker) throws Exception {
        operator.processLatencyMarker2(marker);
    }

    @Override
    public final void processWatermarkStatus1(WatermarkStatus status) throws Exception {
        operator.processWatermarkStatus1(status);
    }

    @Override
    public final void processWatermarkStatus2(WatermarkStatus status) throws Exception {
        operator.processWatermarkStatus2(status);
    }

    @Override
    public final void processRecordAttributes1(RecordAttributes attributes) throws Exception {
        operator.processRecordAttributes1(attributes);
    }

    @Override
    public final void processRecordAttributes2(RecordAttributes attributes) throws Exception {
        operator.processRecordAttributes2(attributes);
    }

    @Override
    public final void finish() throws Exception {
        operator.finish();
    }

    @Override
    public final void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        operator.prepareSnapshotPreBarrier(checkpointId);
    }

    @Override
    public final OperatorSnapshotFutures snapshotState(
            long checkpointId, long timestamp, CheckpointOptions options, CheckpointStreamFactory storage)
            throws Exception {
        return operator.snapshotState(checkpointId, timestamp, options, storage);
    }

    @Override
    public final void initializeState(StreamTaskStateInitializer initializer) throws Exception {
        operator.initializeState(initializer);
    }

    @Override
    public final void notifyCheckpointComplete(long checkpointId) throws Exception {
        operator.notifyCheckpointComplete(checkpointId);
    }

    @Override
    public final void notifyCheckpointAborted(long checkpointId) throws Exception {
        operator.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public final void setCurrentKey(Object key) {
        operator.setCurrentKey(key);
    }

    @Override
    public final Object getCurrentKey() {
        return operator.getCurrentKey();
    }

    @Override
    public final OperatorMetricGroup getMetricGroup() {
        return operator.getMetricGroup();
    }

    @Override
    public final OperatorID getOperatorID() {
        return operator.getOperatorID();
    }

    @Override
    public final OperatorAttributes getOperatorAttributes() {
        return operator.getOperatorAttributes();
    }
}
