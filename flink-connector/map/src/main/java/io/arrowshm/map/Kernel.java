package io.arrowshm.map;

import java.io.Serializable;

/**
 * What is done with every value of a call. It reads and writes the shared arrays that it captures; for workers in other
 * processes it is serialised, arrays of the pool as where they are, and everything else by value: what it writes elsewhere is
 * seen in {@link Shm#serial} and {@link Shm#threads} only. Several workers call it at the same time, each with its number, and
 * with every index once.
 *
 * @param <V> the values
 */
@FunctionalInterface
public interface Kernel<V> extends Serializable {
    /**
     * Does one index.
     *
     * @param worker from 0 to below the number of workers of the context
     * @param index of the value, from 0
     * @param value good until this returns
     * @throws Exception ends the call, see {@link KernelException}
     */
    void apply(int worker, long index, V value) throws Exception;
}
