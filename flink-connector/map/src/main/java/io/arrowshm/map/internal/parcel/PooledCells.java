package io.arrowshm.map.internal.parcel;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.SharedLongs;
import io.arrowshm.map.internal.run.Cells;

/** Of a shared array, for workers in several processes. Closed with the segment. */
public final class PooledCells implements Cells {
    private final SharedLongs numbers;

    public PooledCells(Segment segment) {
        numbers = Access.longsOf(segment);
    }

    /**
     * A segment for so many cells, all 0; the caller's to close.
     *
     * @throws io.arrowshm.error.SharedMemoryException FULL
     */
    public static Segment allocate(SharedMemoryPool pool, long cells) {
        return Access.newForgettableArray(pool, ArraySpec.of(DType.INT64, cells));
    }

    @Override
    public long get(long index) {
        return numbers.get(index);
    }

    @Override
    public void set(long index, long value) {
        numbers.set(index, value);
    }

    @Override
    public boolean compareAndSet(long index, long expected, long value) {
        return numbers.compareAndSet(index, expected, value);
    }
}
