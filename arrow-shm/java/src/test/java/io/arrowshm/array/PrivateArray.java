package io.arrowshm.array;

import io.arrowshm.internal.memory.ArrayMemory;
import io.arrowshm.internal.memory.Memory;

/** An array's memory outside any pool, filled with ones where nothing was written. */
final class PrivateArray implements AutoCloseable {
    private final long allocation;
    private final ArrayMemory memory;

    private PrivateArray(long length) {
        allocation = Memory.allocatePrivate(length + 64);
        long address = address();
        Memory.fill(address, length, (byte) -1);
        memory = new ArrayMemory(() -> "test", address, length, this);
    }

    static PrivateArray of(ArraySpec spec) {
        PrivateArray array = new PrivateArray(spec.bytes());
        ArrayFormat.INSTANCE.create(array.memory, spec);
        return array;
    }

    static PrivateArray of(byte[] bytes) {
        PrivateArray array = new PrivateArray(bytes.length);
        Memory.copy(bytes, 0, array.address(), bytes.length);
        return array;
    }

    long address() {
        return allocation + 63 & ~63L;
    }

    ArrayMemory memory() {
        return memory;
    }

    NdArray open() {
        return ArrayFormat.INSTANCE.open(memory);
    }

    MutableNdArray openMutable() {
        return ArrayFormat.INSTANCE.openMutable(memory);
    }

    byte[] bytes() {
        byte[] bytes = new byte[(int) memory.length()];
        Memory.copy(address(), bytes, 0, bytes.length);
        return bytes;
    }

    @Override
    public void close() {
        memory.close();
        Memory.freePrivate(allocation);
    }
}
