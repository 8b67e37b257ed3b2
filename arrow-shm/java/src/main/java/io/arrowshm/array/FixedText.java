package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.Memory;
import java.nio.charset.StandardCharsets;

/** Strings of a fixed size as NumPy has them, filled up with zeros. */
final class FixedText {
    private static final int REPLACEMENT = 0xFFFD;

    private FixedText() {}

    static String getBytes(long address, int itemSize) {
        int length = itemSize;
        // First the length: an element may be as large as the segment, and its text short.
        while (length > 0 && Memory.getByte(address + length - 1) == 0) {
            length--;
        }
        byte[] bytes = new byte[length];
        Memory.copy(address, bytes, 0, length);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static void putBytes(long address, int itemSize, String value) {
        if (value.chars().anyMatch(character -> character > 0xFF)) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, "a byte string takes characters up to U+00FF, came \"" + value + "\"");
        }
        checkLength(value.length(), itemSize);
        Memory.copy(value.getBytes(StandardCharsets.ISO_8859_1), 0, address, value.length());
        Memory.fill(address + value.length(), itemSize - value.length(), (byte) 0);
    }

    static String getUnicode(long address, int itemSize) {
        int length = itemSize / Integer.BYTES;
        while (length > 0 && Memory.getInt(address + (length - 1L) * Integer.BYTES) == 0) {
            length--;
        }
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            int codePoint = Memory.getInt(address + (long) i * Integer.BYTES);
            text.appendCodePoint(Character.isValidCodePoint(codePoint) ? codePoint : REPLACEMENT);
        }
        return text.toString();
    }

    static void putUnicode(long address, int itemSize, String value) {
        int[] codePoints = value.codePoints().toArray();
        checkLength(codePoints.length, itemSize / Integer.BYTES);
        for (int i = 0; i < codePoints.length; i++) {
            Memory.putInt(address + (long) i * Integer.BYTES, codePoints[i]);
        }
        long written = (long) codePoints.length * Integer.BYTES;
        Memory.fill(address + written, itemSize - written, (byte) 0);
    }

    private static void checkLength(int length, int allowed) {
        if (length > allowed) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, "the text has " + length + " characters, an element has room for " + allowed);
        }
    }
}
