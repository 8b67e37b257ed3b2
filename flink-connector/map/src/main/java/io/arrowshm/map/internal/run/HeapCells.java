package io.arrowshm.map.internal.run;

import java.util.concurrent.atomic.AtomicLongArray;

/** For workers of one process. */
public final class HeapCells implements Cells {
    private final AtomicLongArray numbers;

    public HeapCells(long length) {
        numbers = new AtomicLongArray(Math.toIntExact(length));
    }

    @Override
    public long get(long index) {
        return numbers.get((int) index);
    }

    @Override
    public void set(long index, long value) {
        numbers.set((int) index, value);
    }

    @Override
    public boolean compareAndSet(long index, long expected, long value) {
        return numbers.compareAndSet((int) index, expected, value);
    }
}
