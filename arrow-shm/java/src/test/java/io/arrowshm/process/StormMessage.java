package io.arrowshm.process;

import io.arrowshm.SegmentRef;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * What travels through an {@link Inbox}.
 *
 * @param kind what is to be done
 * @param senderProcessId who has sent it
 * @param seed of the segment's content
 * @param number of the part to be written, or of the channel
 * @param nonce of the channel
 * @param reference to the segment; of a pool 0 if there is none
 */
record StormMessage(Kind kind, long senderProcessId, long seed, int number, long nonce, SegmentRef reference) {
    static final int BYTES = 1 + 3 * Long.BYTES + Integer.BYTES + SegmentRef.BYTES;
    private static final List<Kind> KINDS = List.of(Kind.values());
    private static final SegmentRef NO_REFERENCE = new SegmentRef(0, 0, 0, 0, 0, 0);

    enum Kind {
        READ,
        READ_SHARED,
        WRITE_PART,
        JOIN
    }

    static StormMessage of(Kind kind, long seed, int number, SegmentRef reference) {
        return new StormMessage(kind, ProcessHandle.current().pid(), seed, number, 0, reference);
    }

    static StormMessage join(int channel, long nonce) {
        return new StormMessage(Kind.JOIN, ProcessHandle.current().pid(), 0, channel, nonce, NO_REFERENCE);
    }

    byte[] toBytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(KINDS.indexOf(kind));
        out.writeLong(senderProcessId);
        out.writeLong(seed);
        out.writeInt(number);
        out.writeLong(nonce);
        reference.writeTo(out);
        return bytes.toByteArray();
    }

    static StormMessage of(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        return new StormMessage(
                KINDS.get(in.readByte()),
                in.readLong(),
                in.readLong(),
                in.readInt(),
                in.readLong(),
                SegmentRef.readFrom(in));
    }
}
