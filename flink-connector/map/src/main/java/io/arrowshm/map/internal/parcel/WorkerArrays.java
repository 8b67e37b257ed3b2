package io.arrowshm.map.internal.parcel;

import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import org.jspecify.annotations.Nullable;

/** Where the kernel that the calling thread is in makes arrays. Any thread. */
public interface WorkerArrays {
    /** @throws io.arrowshm.error.SharedMemoryException FULL */
    MutableNdArray alloc(ArraySpec spec);

    /** Those of the calling thread, or null if it is in no kernel. */
    static @Nullable WorkerArrays current() {
        return Current.OF_THREAD.get();
    }

    /** Sets those of the calling thread, and returns those before. */
    static @Nullable WorkerArrays use(@Nullable WorkerArrays arrays) {
        WorkerArrays before = Current.OF_THREAD.get();
        if (arrays == null) {
            Current.OF_THREAD.remove();
        } else {
            Current.OF_THREAD.set(arrays);
        }
        return before;
    }

    /** Keeps it out of sight. */
    final class Current {
        private static final ThreadLocal<WorkerArrays> OF_THREAD = new ThreadLocal<>();

        private Current() {}
    }
}
