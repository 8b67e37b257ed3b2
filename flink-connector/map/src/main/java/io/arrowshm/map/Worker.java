package io.arrowshm.map;

import io.arrowshm.array.MutableNdArray;
import io.arrowshm.map.internal.parcel.WorkerArrays;

/** What a kernel or a task may ask of the worker that it runs in. */
public final class Worker {
    private Worker() {}

    /**
     * A new array in the context's pool, made by the kernel that calls this. It is given back when the call ends, unless it is
     * in what a task returns: then it is the caller's.
     *
     * @throws IllegalStateException if the calling thread is in no kernel
     * @throws io.arrowshm.error.SharedMemoryException FULL if there is no room now
     */
    public static MutableNdArray alloc(Allocation allocation) {
        WorkerArrays arrays = WorkerArrays.current();
        if (arrays == null) {
            throw new IllegalStateException(
                    "the thread " + Thread.currentThread().getName() + " is in no kernel; use Shm.alloc");
        }
        MutableNdArray array = arrays.alloc(allocation.spec(1));
        allocation.fill(array);
        return array;
    }
}
