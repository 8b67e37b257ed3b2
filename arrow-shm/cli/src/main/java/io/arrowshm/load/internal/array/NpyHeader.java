package io.arrowshm.load.internal.array;

import io.arrowshm.array.ArrayOrder;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.StructField;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.load.internal.UnsupportedContentException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of an .npy file.
 *
 * @param spec of the array, little endian
 * @param fix of its elements
 * @param bytes of the header
 */
record NpyHeader(ArraySpec spec, ElementFix fix, long bytes) {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /** No dtype is that long that anybody has written. */
    private static final int MOST_BYTES = 1 << 20;

    private static final Pattern FORM = Pattern.compile(
            "\\s*\\{\\s*'descr':\\s*(?<dtype>.*),\\s*'fortran_order':\\s*(?<fortran>True|False),\\s*'shape':\\s*"
                    + "\\((?<shape>[\\d,\\sL]*)\\),?\\s*\\}\\s*",
            Pattern.DOTALL);
    /** The byte order of what a type is made of; gaps have none. */
    private static final Pattern LEAF = Pattern.compile("'([<>|])[a-zA-UW-Z]\\d+(?:\\[\\w+])?'");

    private static final Pattern BIG_ENDIAN = Pattern.compile("'>(?=[a-zA-Z]\\d)");

    /**
     * Reads it from the start of a stream.
     *
     * @throws UnsupportedContentException if no array is like that, or it is damaged
     */
    static NpyHeader read(InputStream stream) throws IOException {
        byte[] start = stream.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new UnsupportedContentException("it does not begin as an .npy file does");
        }
        int lengthBytes = start[MAGIC.length] == 1 ? Short.BYTES : Integer.BYTES;
        byte[] length = Arrays.copyOf(stream.readNBytes(lengthBytes), Integer.BYTES);
        int bytes = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
        if (bytes < 0 || bytes > MOST_BYTES) {
            throw new UnsupportedContentException("its header is said to have %d bytes, allowed %d"
                    .formatted(Integer.toUnsignedLong(bytes), MOST_BYTES));
        }
        byte[] text = stream.readNBytes(bytes);
        Matcher header = FORM.matcher(new String(text, StandardCharsets.UTF_8));
        if (text.length < bytes || !header.matches()) {
            throw new UnsupportedContentException("its header is damaged");
        }
        try {
            return of(header, start.length + lengthBytes + bytes);
        } catch (SharedMemoryException | ArithmeticException | NumberFormatException e) {
            throw new UnsupportedContentException(String.valueOf(e.getMessage()));
        }
    }

    private static NpyHeader of(Matcher header, long bytes) {
        String spelling = header.group("dtype").strip();
        String little = BIG_ENDIAN.matcher(spelling).replaceAll("'<");
        DType dtype = DType.parse(little.startsWith("'") ? little.substring(1, little.length() - 1) : little);
        long[] shape = Arrays.stream(header.group("shape").split(",", -1))
                .map(length -> length.replace("L", "").strip())
                .filter(length -> !length.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        ArrayOrder order = header.group("fortran").equals("True") ? ArrayOrder.FORTRAN : ArrayOrder.C;
        ElementFix fix = little.equals(spelling)
                ? ElementFix.NONE
                : fix(
                        dtype,
                        LEAF.matcher(spelling)
                                .results()
                                .map(leaf -> leaf.group(1))
                                .iterator());
        return new NpyHeader(ArraySpec.of(dtype, shape).withOrder(order), fix, bytes);
    }

    /** Of all elements. */
    long dataBytes() {
        return Arrays.stream(spec.shape()).reduce(spec.dtype().itemSize(), Math::multiplyExact);
    }

    /** Reads the array, whose axes are reversed if it is in Fortran's order. */
    RowReader reader(RowReader.ByteSource elements) {
        long[] shape = spec.shape();
        if (spec.order() == ArrayOrder.FORTRAN) {
            for (int i = 0; i < shape.length; i++) {
                shape[i] = spec.shape()[shape.length - 1 - i];
            }
        }
        return new RowReader(elements, shape, spec.dtype().itemSize(), fix);
    }

    /** @param byteOrders of the numbers and texts in it, in the order in which they are spelled */
    private static ElementFix fix(DType dtype, Iterator<String> byteOrders) {
        if (dtype.fields().isEmpty()) {
            return byteOrders.next().equals(">") ? swapped(dtype) : ElementFix.NONE;
        }
        ElementFix.Builder builder = new ElementFix.Builder();
        for (StructField field : dtype.fields()) {
            long count = field.shape().stream().reduce(1L, Math::multiplyExact);
            builder.add(field.offset(), count, field.dtype().itemSize(), fix(field.dtype(), byteOrders));
        }
        return builder.build(dtype.itemSize());
    }

    private static ElementFix swapped(DType dtype) {
        int size = dtype.itemSize();
        return switch (dtype.toString().charAt(1)) {
            case 'S' -> ElementFix.NONE;
            case 'U' -> ElementFix.repeated(size / Integer.BYTES, ElementFix.swapped(Integer.BYTES), Integer.BYTES);
            case 'c' -> ElementFix.repeated(2, ElementFix.swapped(size / 2), size / 2);
            default -> ElementFix.swapped(size);
        };
    }
}
