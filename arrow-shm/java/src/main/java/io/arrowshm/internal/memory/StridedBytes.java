package io.arrowshm.internal.memory;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import sun.misc.Unsafe;

/**
 * One side of a copy of equally spaced items: memory by address, or a Java array of primitives. Nothing is checked, as in
 * {@link Memory}.
 *
 * @param array null for memory by address
 * @param start address of the first item, or its offset in the array as {@link #ofArray} counts it
 * @param stride bytes from one item to the next, may be negative or 0
 */
public record StridedBytes(@Nullable Object array, long start, long stride) {
    private static final Unsafe UNSAFE = Memory.UNSAFE;

    public static StridedBytes at(long address) {
        return new StridedBytes(null, address, 0);
    }

    /** @param byteOffset from the first element of the array */
    public static StridedBytes ofArray(Object array, long byteOffset) {
        return new StridedBytes(array, UNSAFE.arrayBaseOffset(array.getClass()) + byteOffset, 0);
    }

    /**
     * What is left of a buffer.
     *
     * @throws IllegalArgumentException if it is on the heap and read-only
     */
    public static StridedBytes ofBuffer(ByteBuffer buffer) {
        if (buffer.isDirect()) {
            return at(Pointer.nativeValue(Native.getDirectBufferPointer(buffer)) + buffer.position());
        }
        if (!buffer.hasArray()) {
            throw new IllegalArgumentException("the bytes of a read-only buffer cannot be reached; use a direct one");
        }
        return ofArray(buffer.array(), (long) buffer.arrayOffset() + buffer.position());
    }

    public StridedBytes moved(long bytes) {
        return new StridedBytes(array, start + bytes, stride);
    }

    public StridedBytes withStride(long bytes) {
        return new StridedBytes(array, start, bytes);
    }

    /** Copies so many items of so many bytes. */
    public void copyTo(StridedBytes to, long count, int itemBytes) {
        if (stride == itemBytes && to.stride == itemBytes) {
            UNSAFE.copyMemory(array, start, to.array, to.start, count * itemBytes);
            return;
        }
        long source = start;
        long target = to.start;
        for (long i = 0; i < count; i++) {
            switch (itemBytes) {
                case Byte.BYTES -> UNSAFE.putByte(to.array, target, UNSAFE.getByte(array, source));
                case Short.BYTES -> UNSAFE.putShort(to.array, target, UNSAFE.getShort(array, source));
                case Integer.BYTES -> UNSAFE.putInt(to.array, target, UNSAFE.getInt(array, source));
                case Long.BYTES -> UNSAFE.putLong(to.array, target, UNSAFE.getLong(array, source));
                default -> UNSAFE.copyMemory(array, source, to.array, target, itemBytes);
            }
            source += stride;
            target += to.stride;
        }
    }
}
