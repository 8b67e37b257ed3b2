package io.arrowshm.flink.internals;

import org.apache.flink.annotation.Internal;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/** An output around another one, which gets all that it gets. */
@Internal
public abstract class ForwardingOutput<T> implements Output<StreamRecord<T>> {
    private final Output<StreamRecord<T>> output;

    protected ForwardingOutput(Output<StreamRecord<T>> output) {
        this.output = output;
    }

    @Override
    public void collect(StreamRecord<T> record) {
        output.collect(record);
    }

    @Override
    public final <X> void collect(OutputTag<X> tag, StreamRecord<X> record) {
        output.collect(tag, record);
    }

    @Override
    public final void emitWatermark(Watermark mark) {
        output.emitWatermark(mark);
    }

    @Override
    public final void emitWatermark(WatermarkEvent mark) {
        output.emitWatermark(mark);
    }

    @Override
    public final void emitWatermarkStatus(WatermarkStatus status) {
        output.emitWatermarkStatus(status);
    }

    @Override
    public final void emitLatencyMarker(LatencyMarker marker) {
        output.emitLatencyMarker(marker);
    }

    @Override
    public final void emitRecordAttributes(RecordAttributes attributes) {
        output.emitRecordAttributes(attributes);
    }

    @Override
    public final void close() {
        output.close();
    }
}
