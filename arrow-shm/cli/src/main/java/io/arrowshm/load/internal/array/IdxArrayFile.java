package io.arrowshm.load.internal.array;

import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.load.internal.OpenFile;
import io.arrowshm.load.internal.SingleItemFile;
import io.arrowshm.load.internal.UnsupportedContentException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** An IDX file of any type and number of dimensions, gzipped or not, the format of MNIST and its relatives. Stateless. */
public final class IdxArrayFile {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int GZIP_MAGIC = 0x1f;
    private static final Map<Integer, DType> TYPES = Map.of(
            0x08,
            DType.UINT8,
            0x09,
            DType.INT8,
            0x0b,
            DType.INT16,
            0x0c,
            DType.INT32,
            0x0d,
            DType.FLOAT32,
            0x0e,
            DType.FLOAT64);

    private IdxArrayFile() {}

    /** Whether the bytes of a file that is not compressed begin as those of an IDX file do. */
    public static boolean isStart(byte[] start) {
        return start.length >= Integer.BYTES
                && start[0] == 0
                && start[1] == 0
                && TYPES.containsKey((int) start[2])
                && start[3] > 0
                && start[3] <= Byte.SIZE * Integer.BYTES;
    }

    /** Decompressed if it is gzipped. */
    private static InputStream stream(Path file) throws IOException {
        InputStream stream = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
        try {
            stream.mark(1);
            int first = stream.read();
            stream.reset();
            return first == GZIP_MAGIC
                    ? new BufferedInputStream(new GZIPInputStream(stream, BUFFER_BYTES), BUFFER_BYTES)
                    : stream;
        } catch (IOException e) {
            stream.close();
            throw e;
        }
    }

    /** @throws UnsupportedContentException if it is none */
    public static OpenFile open(Path file, String name) throws IOException {
        try (DataInputStream stream = new DataInputStream(stream(file))) {
            byte[] start = stream.readNBytes(Integer.BYTES);
            DType dtype = start.length < Integer.BYTES ? null : TYPES.get((int) start[2]);
            if (dtype == null || !isStart(start)) {
                throw new UnsupportedContentException("it is no IDX file");
            }
            long[] shape = new long[start[3]];
            for (int axis = 0; axis < shape.length; axis++) {
                shape[axis] = Integer.toUnsignedLong(stream.readInt());
            }
            ArraySpec spec = ArraySpec.of(dtype, shape);
            long headerBytes = Integer.BYTES + (long) shape.length * Integer.BYTES;
            ElementFix fix = ElementFix.swapped(dtype.itemSize());
            ArrayReader reader = (from, target, moved) -> {
                try (InputStream elements = stream(file)) {
                    elements.skipNBytes(headerBytes);
                    new RowReader(FileBytes.of(elements), shape, dtype.itemSize(), fix).read(from, target, moved);
                    if (target.size() == size(shape) && elements.read() >= 0) {
                        throw new UnsupportedContentException("bytes follow its last element");
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            };
            return new SingleItemFile(new ArrayItem(name, "", spec, Map.of(), reader), () -> {});
        }
    }

    private static long size(long[] shape) {
        long size = 1;
        for (long length : shape) {
            size *= length;
        }
        return size;
    }
}
