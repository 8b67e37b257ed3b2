package io.arrowshm.load.internal.array;

import io.arrowshm.Segment;
import io.arrowshm.array.ArrayOrder;
import io.arrowshm.array.NdArray;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes arrays as NumPy does. Stateless. */
public final class NpyWriter {
    private static final int ALIGNMENT = 64;
    private static final int PREFIX_BYTES = 10;
    private static final int PIECE_BYTES = 1 << 20;
    private static final int MOST_HEADER_BYTES = 65_535;

    private NpyWriter() {}

    /** One array as an .npy file. */
    public static void write(Segment array, Path file, LongConsumer moved) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            write(array.array(), out, moved);
        }
    }

    /** Arrays, by their paths, as an .npz file. */
    public static void writeAll(Map<String, Segment> arrays, Path file, LongConsumer moved) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            zip.setLevel(Deflater.NO_COMPRESSION);
            for (Map.Entry<String, Segment> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                write(array.getValue().array(), zip, moved);
                zip.closeEntry();
            }
        }
    }

    private static void write(NdArray array, OutputStream out, LongConsumer moved) throws IOException {
        boolean reversed = array.order() == ArrayOrder.FORTRAN;
        out.write(header(array, reversed));
        if (array.size() > 0) {
            byte[] piece = new byte[Math.max(array.itemSize(), PIECE_BYTES / array.itemSize() * array.itemSize())];
            writeElements(
                    array.dimensions() == 0 ? array.reshape(1) : reversed ? array.transpose() : array,
                    piece,
                    out,
                    moved);
        }
    }

    private static byte[] header(NdArray array, boolean reversed) {
        String dtype = array.dtype().toString();
        String shape = Arrays.stream(array.shape()).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String text = "{'descr': %s, 'fortran_order': %s, 'shape': (%s%s), }"
                .formatted(
                        dtype.startsWith("[") ? dtype : "'" + dtype + "'",
                        reversed ? "True" : "False",
                        shape,
                        array.dimensions() == 1 ? "," : "");
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        boolean isLatin = text.chars().allMatch(character -> character < 0x80);
        boolean isLong = bytes.length > MOST_HEADER_BYTES - ALIGNMENT || !isLatin;
        int prefix = isLong ? PREFIX_BYTES + Short.BYTES : PREFIX_BYTES;
        int length = (prefix + bytes.length + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] header = new byte[length];
        Arrays.fill(header, (byte) ' ');
        header[length - 1] = '\n';
        System.arraycopy(NpyHeader.MAGIC, 0, header, 0, NpyHeader.MAGIC.length);
        // Version 3 is that of UTF-8.
        header[NpyHeader.MAGIC.length] = (byte) (isLong ? 3 : 1);
        header[NpyHeader.MAGIC.length + 1] = 0;
        ByteBuffer lengthField = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        if (isLong) {
            lengthField.putInt(PREFIX_BYTES - Short.BYTES, length - prefix);
        } else {
            lengthField.putShort(PREFIX_BYTES - Short.BYTES, (short) (length - prefix));
        }
        System.arraycopy(bytes, 0, header, prefix, bytes.length);
        return header;
    }

    /** In C order, as many rows at a time as fit. */
    private static void writeElements(NdArray array, byte[] piece, OutputStream out, LongConsumer moved)
            throws IOException {
        long rows = array.length(0);
        long rowBytes = array.size() / rows * array.itemSize();
        if (rowBytes > piece.length) {
            for (long row = 0; row < rows; row++) {
                writeElements(array.select(0, row), piece, out, moved);
            }
            return;
        }
        long step = piece.length / rowBytes;
        for (long row = 0; row < rows; row += step) {
            ByteBuffer buffer = ByteBuffer.wrap(piece);
            array.slice(0, row, Math.min(rows, row + step)).copyTo(buffer);
            out.write(piece, 0, buffer.position());
            moved.accept(buffer.position());
        }
    }
}
