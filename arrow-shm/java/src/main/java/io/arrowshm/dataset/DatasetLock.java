package io.arrowshm.dataset;

import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.Access;

/** The exclusive lock of a dataset, until it is closed or the process ends. Any thread may close it. */
public final class DatasetLock implements AutoCloseable {
    private final SharedMemoryPool pool;
    private final long datasetId;
    private boolean closed;

    DatasetLock(SharedMemoryPool pool, long datasetId) {
        this.pool = pool;
        this.datasetId = datasetId;
    }

    /** Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            Access.withNames(pool, names -> {
                names.unlock(datasetId);
                return true;
            });
        } catch (SharedMemoryException e) {
            // The locks of a pool fall when it is closed.
            if (e.kind() != Kind.CLOSED) {
                throw e;
            }
        }
    }
}
