package io.arrowshm.map.internal.parcel;

import io.arrowshm.SegmentRef;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** References as bytes, one behind the other. */
public final class References {
    private References() {}

    public static byte[] encode(List<SegmentRef> references) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(references.size() * SegmentRef.BYTES);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (SegmentRef reference : references) {
                reference.writeTo(out);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        return bytes.toByteArray();
    }

    public static List<SegmentRef> decode(byte[] bytes) throws IOException {
        List<SegmentRef> references = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            while (in.available() > 0) {
                references.add(SegmentRef.readFrom(in));
            }
        }
        return references;
    }
}
