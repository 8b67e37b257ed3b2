package io.arrowshm.flink.type;

import io.arrowshm.Segment;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** A segment by value: its length, then the bytes of its Arrow file. Stored in state: must stay readable. */
final class ValueFormat {
    private ValueFormat() {}

    static void write(Segment segment, DataOutput out) throws IOException {
        out.writeLong(segment.length());
        segment.writeTo(out);
    }

    static Segment read(DataInput in) throws IOException {
        long length = in.readLong();
        if (length <= 0) {
            throw new IOException("a segment by value has length " + length + ": the stream or the state is damaged");
        }
        return Segment.readFrom(in, length);
    }
}
