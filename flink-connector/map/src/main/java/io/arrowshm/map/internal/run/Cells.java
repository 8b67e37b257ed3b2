package io.arrowshm.map.internal.run;

/** Numbers that the workers of a call change by atomic steps. Reads and writes are volatile. Any thread. */
public interface Cells {
    long get(long index);

    void set(long index, long value);

    boolean compareAndSet(long index, long expected, long value);
}
