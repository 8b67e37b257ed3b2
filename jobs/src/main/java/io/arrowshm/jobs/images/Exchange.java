package io.arrowshm.jobs.images;

import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * A way of getting batches of images from a source to workers. Lives in the client: made before the cluster starts,
 * closed after it has stopped.
 */
interface Exchange extends AutoCloseable {
    /** The name of the workers' operator, by which their progress is found. */
    String WORKERS = "workers";

    /** What the user calls it. */
    String name();

    /** What the cluster's processes have to be told. */
    default Map<String, String> clusterConfiguration() {
        return Map.of();
    }

    /**
     * Adds a source of all batches, the edge, and the workers to a job.
     *
     * @param env gets the operators; those of the source belong in the slot-sharing group of {@link Places#SOURCE},
     *     the others in that of {@link Places#WORKERS}, the workers themselves with the name {@link #WORKERS}
     * @param parallelism number of workers; there is one source
     * @param work what every worker does with its batches
     */
    void connect(StreamExecutionEnvironment env, BatchPlan batches, int parallelism, BatchWork work);

    /** Segments that are still held or in flight; asked after the cluster has stopped and before this is closed. */
    long segmentsLeft();

    /** What stays when this is closed, since the user wants to keep it; null for nothing. */
    @Nullable
    Path kept();

    /** Leaves nothing else behind. May be called twice. */
    @Override
    void close();
}
