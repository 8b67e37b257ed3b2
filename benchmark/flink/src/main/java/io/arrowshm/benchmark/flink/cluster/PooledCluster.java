package io.arrowshm.benchmark.flink.cluster;

import static java.util.Objects.requireNonNull;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.benchmark.flink.job.Place;
import io.arrowshm.cluster.CloseOnExit;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.TaskManagerSpec;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.error.SharedMemoryException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pool, and a cluster of one JobManager and two TaskManagers of one slot, at the {@link Place}s 0 and 1. This process has
 * the pool not open: what dead TaskManagers leave in it is for the living ones alone. Ends with {@link #close}, or when the
 * JVM ends. Any thread.
 */
public final class PooledCluster implements AutoCloseable {
    private final PoolOptions pool;
    private final CloseOnExit onExit = new CloseOnExit("benchmark-shutdown", this::closeAll);
    private @Nullable LocalCluster cluster;

    private PooledCluster(PoolOptions pool) {
        this.pool = pool;
        onExit.begin();
    }

    /**
     * Makes the pool and starts all processes.
     *
     * @param name of the pool, made unique by this process's id
     * @param bytes that the pool may take
     * @param configuration of Flink, beside that of the local cluster
     * @throws UserErrorException if no such pool can be made
     */
    public static PooledCluster start(String name, long bytes, Map<String, String> configuration) {
        PoolOptions pool =
                PoolOptions.named(name + "-" + ProcessHandle.current().pid()).withSizeBytes(bytes);
        PooledCluster starting = new PooledCluster(pool);
        try {
            SharedMemoryPool.open(pool).close();
            starting.cluster = TwoTaskManagers.start(TaskManagerSpec.DEFAULT, configuration);
            return starting;
        } catch (SharedMemoryException e) {
            starting.close();
            throw new UserErrorException(e.getMessage(), e);
        } catch (RuntimeException e) {
            starting.close();
            throw e;
        }
    }

    public PoolOptions pool() {
        return pool;
    }

    public LocalCluster cluster() {
        return requireNonNull(cluster);
    }

    /** Stops the cluster and removes the pool. Further calls do nothing. */
    @Override
    public void close() {
        onExit.close();
    }

    private void closeAll() {
        if (cluster != null) {
            cluster.close();
        }
        SharedMemoryPool.remove(pool);
    }
}
