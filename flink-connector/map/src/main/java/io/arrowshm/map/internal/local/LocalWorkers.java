package io.arrowshm.map.internal.local;

import io.arrowshm.cluster.CloseOnExit;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.LocalClusterOptions;
import io.arrowshm.cluster.TaskManagerSpec;
import io.arrowshm.map.internal.client.Backing;
import io.arrowshm.map.internal.run.Later;
import io.arrowshm.map.internal.wire.ContextDirectory;
import io.arrowshm.map.internal.worker.WorkerJob;
import io.arrowshm.map.internal.worker.WorkerOptions;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One TaskManager process for each worker, with one slot, and a JobManager. A TaskManager that has ended is started again; all
 * of them end with this process, however that ends. Any thread.
 */
public final class LocalWorkers implements Backing {
    private static final Logger LOG = LoggerFactory.getLogger(LocalWorkers.class);

    private static final Duration WATCH = Duration.ofMillis(50);
    private static final int NETWORK_MB = 32;

    private final LocalCluster cluster;
    private final ContextDirectory.Owned directory;
    private final int workers;
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "arrow-shm-map-watch");
        thread.setDaemon(true);
        return thread;
    });
    private final CloseOnExit session = new CloseOnExit("arrow-shm-map-shutdown", this::end);
    private volatile @Nullable String whyGone;

    private LocalWorkers(LocalCluster cluster, ContextDirectory.Owned directory, int workers) {
        this.cluster = cluster;
        this.directory = directory;
        this.workers = workers;
    }

    /**
     * Starts a cluster with workers, which come some seconds later.
     *
     * @param directory of the context; ends with the workers, or if this fails
     * @param heapMb heap of each worker's process, MiB
     * @param change what else is to be other than by default
     * @throws io.arrowshm.cluster.ClusterException if it cannot be started
     */
    public static LocalWorkers start(
            WorkerOptions options,
            ContextDirectory.Owned directory,
            int heapMb,
            UnaryOperator<LocalClusterOptions.Builder> change) {
        try {
            TaskManagerSpec worker =
                    TaskManagerSpec.DEFAULT.withTaskHeapMb(heapMb).withNetworkMb(NETWORK_MB);
            LocalCluster cluster = LocalCluster.start(change.apply(LocalClusterOptions.builder()
                            .workDirectory(directory.resolve("cluster"))
                            // A worker that was killed is noticed after two of them.
                            .configuration("heartbeat.interval", "200 ms")
                            .taskManagers(options.workers(), worker))
                    .build());
            LocalWorkers started = new LocalWorkers(cluster, directory, options.workers());
            started.submit(options);
            return started;
        } catch (RuntimeException | Error e) {
            directory.close();
            throw e;
        }
    }

    private void submit(WorkerOptions options) {
        try {
            session.begin();
            WorkerJob.submit(cluster.environment(WorkerJob.configuration()), options);
            Later.every(WATCH, watch, this::replaceDead);
        } catch (Exception e) {
            close();
            throw new IllegalStateException("the job of the workers cannot be submitted: " + e, e);
        }
    }

    private void replaceDead() {
        try {
            for (int worker = 0; worker < workers; worker++) {
                if (!cluster.isTaskManagerAlive(worker)) {
                    LOG.warn("A worker's process of the context has ended, and is replaced");
                    cluster.startTaskManager(worker);
                }
            }
            if (!ProcessHandle.of(cluster.jobManagerPid())
                    .map(ProcessHandle::isAlive)
                    .orElse(false)) {
                whyGone = "the JobManager has ended";
            }
        } catch (RuntimeException e) {
            whyGone = e.toString();
        }
    }

    @Override
    public boolean mayKill() {
        return true;
    }

    @Override
    public boolean endsWorkers() {
        return true;
    }

    @Override
    public @Nullable String whyGone() {
        return whyGone;
    }

    @Override
    public String diagnosis() {
        return cluster.logTails();
    }

    @Override
    public void close() {
        session.close();
    }

    private void end() {
        watch.shutdownNow();
        try {
            cluster.close();
        } finally {
            directory.close();
        }
    }
}
