package io.arrowshm.internal;

import io.arrowshm.array.DType;
import io.arrowshm.array.NdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.ArrayMemory;
import io.arrowshm.internal.memory.Memory;

/**
 * The numbers of a one-dimensional shared array of int64, of which processes change each by one atomic step. Reads and writes
 * are volatile. Closed with the segment that the array lies in. Any thread.
 */
public final class SharedLongs {
    private final NdArray array;
    private final ArrayMemory memory;
    private final long start;

    SharedLongs(NdArray array, ArrayMemory memory, long start) {
        if (array.dimensions() != 1 || !array.dtype().equals(DType.INT64) || array.strides()[0] != Long.BYTES) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, array + " is no array of int64 in one piece, of one dimension");
        }
        this.array = array;
        this.memory = memory;
        this.start = start;
    }

    public long length() {
        return array.size();
    }

    /** @throws SharedMemoryException ARGUMENT if there is no such number, CLOSED */
    public long get(long index) {
        return Memory.getLongVolatile(address(index));
    }

    /** @throws SharedMemoryException ARGUMENT if there is no such number, CLOSED */
    public void set(long index, long value) {
        Memory.putLongVolatile(address(index), value);
    }

    /** @throws SharedMemoryException ARGUMENT if there is no such number, CLOSED */
    public boolean compareAndSet(long index, long expected, long value) {
        return Memory.compareAndSetLong(address(index), expected, value);
    }

    private long address(long index) {
        if (index < 0 || index >= array.size()) {
            throw new SharedMemoryException(Kind.ARGUMENT, "index=" + index + ", allowed 0 to " + (array.size() - 1));
        }
        return memory.address(start + index * Long.BYTES);
    }
}
