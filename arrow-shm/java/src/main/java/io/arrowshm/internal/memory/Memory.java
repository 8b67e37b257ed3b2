package io.arrowshm.internal.memory;

import io.arrowshm.error.SharedMemoryException;
import java.lang.reflect.Field;
import sun.misc.Unsafe;

/**
 * Access to mapped and private memory by address, with the memory order in the name. Nothing is checked: callers have
 * checked bounds and hold what keeps the memory mapped. Any thread.
 */
public final class Memory {
    static final Unsafe UNSAFE = unsafe();

    /** Bytes of a page of the operating system. */
    public static final int PAGE_BYTES = UNSAFE.pageSize();

    private static final long BYTE_ARRAY = Unsafe.ARRAY_BYTE_BASE_OFFSET;

    private Memory() {}

    public static long getLongVolatile(long address) {
        return UNSAFE.getLongVolatile(null, address);
    }

    public static void putLongVolatile(long address, long value) {
        UNSAFE.putLongVolatile(null, address, value);
    }

    /** Stores so that whoever sees the value sees everything that was stored before. */
    public static void putLongRelease(long address, long value) {
        UNSAFE.putOrderedLong(null, address, value);
    }

    /** No access behind this happens before one in front of it, whatever their kinds. */
    public static void fullFence() {
        UNSAFE.fullFence();
    }

    public static boolean compareAndSetLong(long address, long expected, long value) {
        return UNSAFE.compareAndSwapLong(null, address, expected, value);
    }

    public static long getLong(long address) {
        return UNSAFE.getLong(address);
    }

    public static void putLong(long address, long value) {
        UNSAFE.putLong(address, value);
    }

    public static int getInt(long address) {
        return UNSAFE.getInt(address);
    }

    public static void putInt(long address, int value) {
        UNSAFE.putInt(address, value);
    }

    public static byte getByte(long address) {
        return UNSAFE.getByte(address);
    }

    public static void putByte(long address, byte value) {
        UNSAFE.putByte(address, value);
    }

    public static short getShort(long address) {
        return UNSAFE.getShort(address);
    }

    public static void putShort(long address, short value) {
        UNSAFE.putShort(address, value);
    }

    public static float getFloat(long address) {
        return UNSAFE.getFloat(address);
    }

    public static void putFloat(long address, float value) {
        UNSAFE.putFloat(address, value);
    }

    public static double getDouble(long address) {
        return UNSAFE.getDouble(address);
    }

    public static void putDouble(long address, double value) {
        UNSAFE.putDouble(address, value);
    }

    public static void copy(byte[] from, int offset, long toAddress, long length) {
        UNSAFE.copyMemory(from, BYTE_ARRAY + offset, null, toAddress, length);
    }

    public static void copy(long fromAddress, byte[] to, int offset, long length) {
        UNSAFE.copyMemory(null, fromAddress, to, BYTE_ARRAY + offset, length);
    }

    /** A copy on the heap. */
    public static byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        copy(address, bytes, 0, length);
        return bytes;
    }

    public static void copy(long fromAddress, long toAddress, long length) {
        UNSAFE.copyMemory(fromAddress, toAddress, length);
    }

    /** Sets bytes; only ever on memory that is backed, since a hole of a full tmpfs would kill the JVM here. */
    public static void fill(long address, long length, byte value) {
        UNSAFE.setMemory(address, length, value);
    }

    /**
     * Private memory of this process, not zeroed; the caller frees it exactly once.
     *
     * @throws SharedMemoryException FULL if the operating system gives none
     */
    public static long allocatePrivate(long length) {
        try {
            return UNSAFE.allocateMemory(length);
        } catch (OutOfMemoryError e) {
            throw FreeSpace.noPrivateMemory(length, e);
        }
    }

    public static void freePrivate(long address) {
        UNSAFE.freeMemory(address);
    }

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "sun.misc.Unsafe is not accessible: is the module jdk.unsupported there?", e);
        }
    }
}
