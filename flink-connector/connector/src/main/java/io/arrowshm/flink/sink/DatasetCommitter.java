package io.arrowshm.flink.sink;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.stream.ProcessPools;
import java.util.Collection;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.connector.sink2.Committer;

/** Gives staged datasets the names that readers know; as often as it is asked to. */
@Internal
public final class DatasetCommitter implements Committer<StagedDataset> {
    private final PoolOptions options;

    DatasetCommitter(PoolOptions options) {
        this.options = options;
    }

    @Override
    public void commit(Collection<CommitRequest<StagedDataset>> requests) {
        SharedMemoryPool pool = ProcessPools.get(options);
        for (CommitRequest<StagedDataset> request : requests) {
            StagedDataset staged = request.getCommittable();
            if (staged.poolId() != pool.id()) {
                throw new SharedMemoryException(
                        Kind.ABSENT,
                        "the dataset " + staged.name() + " was staged in pool " + Long.toHexString(staged.poolId())
                                + ", this is pool " + Long.toHexString(pool.id())
                                + ": it is lost with that pool; start from a checkpoint before, or without");
            }
            commit(pool, request);
        }
    }

    /** The pool is the process's. */
    @Override
    public void close() {}

    private static void commit(SharedMemoryPool pool, CommitRequest<StagedDataset> request) {
        StagedDataset staged = request.getCommittable();
        try {
            // An attempt that never came to a checkpoint may have committed the same, at the end of its input.
            Datasets.of(pool).rename(staged.stagingName(), staged.name(), true);
        } catch (SharedMemoryException e) {
            if (e.kind() == Kind.ABSENT) {
                // Nobody else takes away what a checkpoint covers. Readers may have deleted it since.
                request.signalAlreadyCommitted();
            } else if (e.kind() == Kind.IN_USE) {
                request.retryLater();
            } else {
                throw e;
            }
        }
    }
}
