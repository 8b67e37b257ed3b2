package io.arrowshm.map.internal.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes messages. */
public final class Message {
    private Message() {}

    /** What stands behind the first byte. */
    public interface Content {
        void writeTo(DataOutputStream out) throws IOException;
    }

    public static byte[] of(byte type, Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(type);
            content.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        return bytes.toByteArray();
    }
}
