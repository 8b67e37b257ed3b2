package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/** Lends each segment to whatever comes behind, and closes it when that has returned. One thread. */
final class GivingOutput implements Output<StreamRecord<Segment>> {
    private final Output<StreamRecord<Segment>> output;
    private final GivenSegments given;

    GivingOutput(Output<StreamRecord<Segment>> output, GivenSegments given) {
        this.output = output;
        this.given = given;
    }

    @Override
    public void collect(StreamRecord<Segment> record) {
        // The operators behind may put another value into the record.
        Segment segment = record.getValue();
        try {
            output.collect(record);
        } finally {
            given.release(segment);
        }
    }

    @Override
    public <X> void collect(OutputTag<X> tag, StreamRecord<X> record) {
        output.collect(tag, record);
    }

    @Override
    public void emitWatermark(Watermark mark) {
        output.emitWatermark(mark);
    }

    @Override
    public void emitWatermark(WatermarkEvent mark) {
        output.emitWatermark(mark);
    }

    @Override
    public void emitWatermarkStatus(WatermarkStatus status) {
        output.emitWatermarkStatus(status);
    }

    @Override
    public void emitLatencyMarker(LatencyMarker marker) {
        output.emitLatencyMarker(marker);
    }

    @Override
    public void emitRecordAttributes(RecordAttributes attributes) {
        output.emitRecordAttributes(attributes);
    }

    @Override
    public void close() {
        output.close();
    }
}
