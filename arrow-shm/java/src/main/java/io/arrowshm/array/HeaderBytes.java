package io.arrowshm.array;

import io.arrowshm.internal.memory.Memory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A private copy of what stands in front of the data and, in the NPY format, behind it: what is parsed cannot change while
 * it is looked at, and equal ones of memories of equal length describe equal arrays. Immutable.
 */
final class HeaderBytes {
    /** More is refused, so that opening takes milliseconds at most. */
    static final int MAX_BYTES = 1 << 18;

    static final int CONTINUATION = -1;
    static final int PREFIX_BYTES = 8;
    private static final int NPY_VERSION_1_BYTES = 10;
    private static final int NPY_LATER_BYTES = 12;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final byte[] bytes;
    private final int headBytes;
    private final long length;

    private HeaderBytes(byte[] bytes, int headBytes, long length) {
        this.bytes = bytes;
        this.headBytes = headBytes;
        this.length = length;
    }

    static boolean isTensor(long address, long length) {
        return length >= PREFIX_BYTES && Memory.getInt(address) == CONTINUATION;
    }

    static boolean isNpy(long address, long length) {
        return length >= PREFIX_BYTES && (Memory.getLong(address) & NpyFormat.MAGIC_MASK) == NpyFormat.MAGIC;
    }

    /** @throws DamagedArrayException if there is no header, or one that cannot be as long as it says */
    static HeaderBytes copy(long address, long length) {
        if (isTensor(address, length)) {
            long head = (long) PREFIX_BYTES + Memory.getInt(address + Integer.BYTES);
            return copy(address, length, checkHead(head, PREFIX_BYTES + 1, length), 0);
        }
        if (!isNpy(address, length) || length < NPY_LATER_BYTES) {
            throw new DamagedArrayException(0, "it begins neither with a tensor message nor with an NPY header");
        }
        boolean version1 = Memory.getByte(address + NpyFormat.VERSION_OFFSET) == 1;
        int start = version1 ? NPY_VERSION_1_BYTES : NPY_LATER_BYTES;
        long text = version1
                ? Short.toUnsignedLong(Memory.getShort(address + PREFIX_BYTES))
                : Integer.toUnsignedLong(Memory.getInt(address + PREFIX_BYTES));
        int head = checkHead(start + text, start, length);
        return copy(address, length, head, NpyTrailer.bytesAtEnd(address + head, length - head));
    }

    private static int checkHead(long bytes, int minimum, long length) {
        if (bytes < minimum || bytes > Math.min(length, MAX_BYTES)) {
            throw new DamagedArrayException(
                    0,
                    "its header is said to have " + bytes + " bytes, allowed " + minimum + " to "
                            + Math.min(length, MAX_BYTES));
        }
        return (int) bytes;
    }

    private static HeaderBytes copy(long address, long length, int head, int tail) {
        byte[] bytes = new byte[head + tail];
        Memory.copy(address, bytes, 0, head);
        Memory.copy(address + length - tail, bytes, head, tail);
        return new HeaderBytes(bytes, head, length);
    }

    /** Whether a memory begins with the same tensor message, looked at where it lies; this is one. */
    boolean isTensorAt(long address, long memoryLength) {
        if (memoryLength != length) {
            return false;
        }
        int at = 0;
        for (; at <= bytes.length - Long.BYTES; at += Long.BYTES) {
            if (Memory.getLong(address + at) != (long) LONGS.get(bytes, at)) {
                return false;
            }
        }
        for (; at < bytes.length; at++) {
            if (Memory.getByte(address + at) != bytes[at]) {
                return false;
            }
        }
        return true;
    }

    /** Whether this is an NPY header, and not a tensor message. */
    boolean isNpy() {
        return (head(0).getLong(0) & NpyFormat.MAGIC_MASK) == NpyFormat.MAGIC;
    }

    /** What stands in front of the data, from an offset on; little endian. */
    ByteBuffer head(int from) {
        return ByteBuffer.wrap(bytes, from, headBytes - from).slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What stands behind the data, if anything; little endian. */
    ByteBuffer tail() {
        return ByteBuffer.wrap(bytes, headBytes, bytes.length - headBytes)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    int headBytes() {
        return headBytes;
    }

    int bytes() {
        return bytes.length;
    }

    /** Where the memory that the array is in begins. */
    long length() {
        return length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HeaderBytes header
                && length == header.length
                && headBytes == header.headBytes
                && Arrays.equals(bytes, header.bytes);
    }

    @Override
    public int hashCode() {
        // By eight bytes at a time: this is most of what opening an array takes.
        ByteBuffer longs = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        long hash = length;
        while (longs.remaining() >= Long.BYTES) {
            hash = (hash ^ longs.getLong()) * 0x9E37_79B9_7F4A_7C15L;
            hash ^= hash >>> 32;
        }
        return (int) (hash ^ (hash >>> 32));
    }
}
