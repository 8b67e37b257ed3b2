package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.ArrayMemory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A view of an array without its memory, as bytes: between processes of one version that have the same segment. Where its
 * elements lie is within the segment, so that it means the same wherever that is mapped.
 */
final class ViewFormat {
    private ViewFormat() {}

    static byte[] encode(ArrayHeader header) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            writeText(out, header.dtype().toString());
            StridedLayout layout = header.layout();
            out.writeLong(layout.offset());
            out.writeByte(layout.dimensions());
            for (int axis = 0; axis < layout.dimensions(); axis++) {
                out.writeLong(layout.shape()[axis]);
                out.writeLong(layout.strides()[axis]);
                writeText(out, header.names().get(axis));
            }
            out.writeInt(header.attributes().size());
            for (Map.Entry<String, String> attribute : header.attributes().entrySet()) {
                writeText(out, attribute.getKey());
                writeText(out, attribute.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        return bytes.toByteArray();
    }

    /** @throws SharedMemoryException CORRUPT if there is no such view of this memory, CLOSED */
    static ArrayHeader decode(byte[] view, ArrayMemory memory) {
        memory.address(0);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(view))) {
            return read(in, memory.length());
        } catch (IOException | IllegalArgumentException | ArithmeticException | SharedMemoryException e) {
            throw new SharedMemoryException(
                    Kind.CORRUPT, "there is no such view of " + memory + ": " + e.getMessage(), e);
        }
    }

    private static ArrayHeader read(DataInputStream in, long memoryBytes) throws IOException {
        DType dtype = DType.parse(readText(in));
        long offset = in.readLong();
        int dimensions = in.readUnsignedByte();
        long[] shape = new long[dimensions];
        long[] strides = new long[dimensions];
        List<String> names = new ArrayList<>();
        for (int axis = 0; axis < dimensions; axis++) {
            shape[axis] = in.readLong();
            strides[axis] = in.readLong();
            names.add(readText(in));
        }
        StridedLayout layout = StridedLayout.view(offset, shape, strides, dtype.itemSize(), memoryBytes);
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            attributes.put(readText(in), readText(in));
        }
        return new ArrayHeader(dtype, layout, List.copyOf(names), Collections.unmodifiableMap(attributes));
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IllegalArgumentException("a text is said to have " + length + " bytes");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
