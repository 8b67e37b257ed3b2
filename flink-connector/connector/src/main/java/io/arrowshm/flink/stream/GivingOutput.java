package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import io.arrowshm.flink.internals.ForwardingOutput;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/** Lends each segment to whatever comes behind, and closes it when that has returned. One thread. */
final class GivingOutput extends ForwardingOutput<Segment> {
    private final GivenSegments given;

    GivingOutput(Output<StreamRecord<Segment>> output, GivenSegments given) {
        super(output);
        this.given = given;
    }

    @Override
    public void collect(StreamRecord<Segment> record) {
        // The operators behind may put another value into the record.
        Segment segment = record.getValue();
        try {
            super.collect(record);
        } finally {
            given.release(segment);
        }
    }
}
