package io.arrowshm.array;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;

/**
 * An array as an .npy file, with a trailer behind the data that NumPy does not look at.
 *
 * <pre>
 * 0          0x93 "NUMPY", version, length of the text: 2 bytes in version 1, 4 bytes in versions 2 and 3
 *            text in Python's syntax, ISO 8859-1 or, in version 3, UTF-8; spaces up to a multiple of 64
 *            data; zeros up to a multiple of 8
 *            {@link NpyTrailer}; not in files of other writers
 * </pre>
 */
final class NpyFormat {
    static final long MAGIC = 0x59_504D_554E_93L;
    static final long MAGIC_MASK = 0xFFFF_FFFF_FFFFL;
    static final int VERSION_OFFSET = 6;
    private static final int LENGTH_OFFSET = 8;
    private static final int DATA_ALIGNMENT = 64;
    private static final int MAX_VERSION_1_TEXT = 0xFFFF;

    private NpyFormat() {}

    static EncodedArray encode(ArraySpec spec) {
        byte[] trailer = NpyTrailer.encode(spec);
        int padding = EncodedArray.paddingBehind(spec.dataBytes());
        byte[] tail = ByteBuffer.allocate(padding + trailer.length)
                .position(padding)
                .put(trailer)
                .array();
        return new EncodedArray(spec, head(spec), tail);
    }

    private static byte[] head(ArraySpec spec) {
        String text = "{'descr': " + DTypeSpelling.ofField(spec.dtype()) + ", 'fortran_order': "
                + (spec.order() == ArrayOrder.FORTRAN ? "True" : "False") + ", 'shape': "
                + PythonLiteral.tuple(Numbers.list(spec.shape())) + ", }";
        boolean latin = StandardCharsets.ISO_8859_1.newEncoder().canEncode(text);
        byte[] encoded = text.getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
        int version = !latin ? 3 : encoded.length + DATA_ALIGNMENT > MAX_VERSION_1_TEXT ? 2 : 1;
        int start = LENGTH_OFFSET + (version == 1 ? Short.BYTES : Integer.BYTES);
        int bytes = start + encoded.length + DATA_ALIGNMENT & -DATA_ALIGNMENT;
        ByteBuffer head = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(MAGIC | ((long) version << (VERSION_OFFSET * Byte.SIZE)));
        if (version == 1) {
            head.putShort((short) (bytes - start));
        } else {
            head.putInt(bytes - start);
        }
        head.put(encoded);
        while (head.remaining() > 1) {
            head.put((byte) ' ');
        }
        return head.put((byte) '\n').array();
    }

    /** @throws RuntimeException of any kind if the bytes are damaged */
    static ArrayHeader parse(HeaderBytes bytes) {
        HeaderEntries entries = new HeaderEntries(PythonLiteral.parseDictionary(text(bytes)), LENGTH_OFFSET);
        DType dtype = entries.dtype();
        long[] shape = entries.longs("shape");
        boolean fortran = entries.get("fortran_order", Boolean.class);
        long dataBytes = StridedLayout.bytes(shape, dtype.itemSize());
        long behind = bytes.length() - bytes.headBytes() - dataBytes;
        if (behind < 0) {
            throw new DamagedArrayException(
                    bytes.headBytes(),
                    "the data should have " + dataBytes + " bytes, there are " + (bytes.length() - bytes.headBytes()));
        }
        ArrayOrder order = fortran ? ArrayOrder.FORTRAN : ArrayOrder.C;
        ArrayHeader header = new ArrayHeader(
                dtype,
                StridedLayout.contiguous(bytes.headBytes(), shape, dtype.itemSize(), order),
                Collections.nCopies(shape.length, ""),
                Map.of());
        return behind == 0 ? header : NpyTrailer.parse(bytes, header, behind);
    }

    private static String text(HeaderBytes bytes) {
        int version = bytes.head(VERSION_OFFSET).getShort(0);
        if (version < 1 || version > 3) {
            throw new DamagedArrayException(
                    VERSION_OFFSET,
                    "the NPY header has version " + (version & 0xFF) + "." + (version >> Byte.SIZE)
                            + "; 1.0, 2.0 and 3.0 are readable");
        }
        ByteBuffer text = bytes.head(LENGTH_OFFSET + (version == 1 ? Short.BYTES : Integer.BYTES));
        Charset latin = StandardCharsets.ISO_8859_1;
        return version == 3 ? Texts.decode(text) : latin.decode(text).toString();
    }
}
