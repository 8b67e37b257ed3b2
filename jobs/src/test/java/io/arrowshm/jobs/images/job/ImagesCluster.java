package io.arrowshm.jobs.images.job;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.LocalClusterOptions;
import io.arrowshm.cluster.TestClusters;
import io.arrowshm.jobs.CommandProcess;
import io.arrowshm.jobs.images.data.ImageSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A cluster and a pool for one run of both jobs after the other. The logs stay in target/it-logs until the next time.
 * One thread.
 */
public final class ImagesCluster implements AutoCloseable {
    public static final Duration TIMEOUT = Duration.ofMinutes(3);

    private final PoolOptions poolOptions;
    private final Exchange exchange;
    private final LocalCluster cluster;

    private ImagesCluster(PoolOptions poolOptions, Exchange exchange, LocalCluster cluster) {
        this.poolOptions = poolOptions;
        this.exchange = exchange;
        this.cluster = cluster;
    }

    /**
     * @param test names the logs
     * @param poolBytes null for the default
     * @param parallelism of the runs with the most workers
     */
    static ImagesCluster start(Class<?> test, @Nullable Long poolBytes, int taskManagers, int parallelism)
            throws IOException {
        PoolOptions poolOptions = PoolOptions.named("images")
                .withDirectory(CommandProcess.newSharedMemory().toString());
        Exchange exchange =
                Exchange.open(Exchange.Kind.SHM, poolOptions, new Exchange.Options(1_338, poolBytes, null, false));
        try {
            LocalClusterOptions.Builder options =
                    TestClusters.of(test).configuration("metrics.fetcher.update-interval", "100");
            Places.taskManagers(taskManagers, parallelism).forEach(options::taskManager);
            LocalCluster cluster = LocalCluster.start(options.build());
            try {
                cluster.awaitTaskManagers(TIMEOUT);
                return new ImagesCluster(poolOptions, exchange, cluster);
            } catch (RuntimeException e) {
                cluster.close();
                throw e;
            }
        } catch (RuntimeException e) {
            exchange.close();
            throw e;
        }
    }

    LocalCluster cluster() {
        return cluster;
    }

    /** Runs both jobs by reference. */
    ImagesResult run(ImagesPlan plan, LongConsumer processed) {
        return run(exchange, plan, processed);
    }

    /** Runs both jobs over Flink's exchange, on the same cluster. */
    ImagesResult runOverFlink(ImagesPlan plan) {
        return run(Exchange.ofFlink(), plan, processed -> {});
    }

    /** A further handle on the pool; to be closed before this is. */
    SharedMemoryPool openPool() {
        return SharedMemoryPool.open(poolOptions);
    }

    /** The bundled images in batches. */
    static ImagesPlan plan(int batchImages, int parallelism, long passes, int slowMs) {
        return new ImagesPlan(ImageSet.bundled(), parallelism, batchImages, passes, ImagesPlan.Reads.ALL, slowMs);
    }

    /** Ends all processes, then removes the pool, and fails if anything of it is left. */
    @Override
    public void close() throws IOException {
        cluster.close();
        long left = exchange.segmentsLeft();
        exchange.close();
        if (left > 0) {
            throw new AssertionError("segments left when all processes had ended: " + left);
        }
        // Refused if there is a file in it.
        Files.delete(Path.of(poolOptions.directory()));
    }

    private ImagesResult run(Exchange over, ImagesPlan plan, LongConsumer processed) {
        return new ImagesRun(new JobRunner(cluster), over, plan).execute(processed);
    }
}
