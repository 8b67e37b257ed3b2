package io.arrowshm.benchmark.flink;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.benchmark.flink.cluster.TwoTaskManagers;
import io.arrowshm.benchmark.flink.job.BenchmarkJob;
import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.flink.job.Outcome;
import io.arrowshm.cluster.CloseOnExit;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.TaskManagerSpec;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.flink.dropin.DropInOptions;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pool, and a cluster for each setting of Flink, started when it is first needed and used for all further runs. Ends with
 * {@link #close}, or when the JVM ends. Measuring is for one thread.
 */
final class Clusters implements Runner, AutoCloseable {
    /** What the TaskManagers have slots for. */
    static final int MOST_JOBS = 2;

    private static final AtomicInteger OPENED = new AtomicInteger();
    private static final TaskManagerSpec TASK_MANAGER =
            TaskManagerSpec.DEFAULT.withSlots(MOST_JOBS).withTaskHeapMb(2048).withNetworkMb(512);

    private final PoolOptions options;
    private final SharedMemoryPool pool;
    private final Map<String, String> flinkOptions;
    private final Map<Setting, LocalCluster> started = new EnumMap<>(Setting.class);
    private final CloseOnExit onExit = new CloseOnExit("benchmark-shutdown", this::closeAll);
    private boolean closed;

    private Clusters(PoolOptions options, SharedMemoryPool pool, Map<String, String> flinkOptions) {
        this.options = options;
        this.pool = pool;
        this.flinkOptions = flinkOptions;
        onExit.begin();
    }

    /**
     * Makes the pool.
     *
     * @param flinkOptions of all clusters and jobs, which win
     * @throws UserErrorException if no pool can be made
     */
    static Clusters open(Map<String, String> flinkOptions) {
        PoolOptions options =
                PoolOptions.named("benchmark-" + ProcessHandle.current().pid() + "-" + OPENED.getAndIncrement());
        try {
            return new Clusters(options, SharedMemoryPool.open(options), flinkOptions);
        } catch (SharedMemoryException e) {
            throw new UserErrorException(e.getMessage(), e);
        }
    }

    @Override
    public Measurement run(Contestant contestant, Load load) throws InterruptedException {
        LocalCluster cluster = cluster(contestant.setting());
        double before = TwoTaskManagers.cpuSeconds(cluster);
        List<Outcome> jobs = jobs(contestant, load, cluster);
        return Measurement.of(load, jobs, TwoTaskManagers.cpuSeconds(cluster) - before, null);
    }

    /** A run on processes and a pool of its own. */
    static Measurement runAlone(Contestant contestant, Load load, Map<String, String> flinkOptions)
            throws InterruptedException {
        try (Clusters fresh = open(flinkOptions)) {
            LocalCluster cluster = fresh.cluster(contestant.setting());
            List<Outcome> jobs = fresh.jobs(contestant, load, cluster);
            List<Long> taskManagers = TwoTaskManagers.pids(cluster).boxed().toList();
            Memory memory = Memory.of(taskManagers, fresh.pool.statistics().backedBytes());
            return Measurement.of(load, jobs, TwoTaskManagers.cpuSeconds(cluster), memory);
        }
    }

    /** Stops the clusters and removes the pool. Further calls do nothing. */
    @Override
    public void close() {
        onExit.close();
    }

    private synchronized void closeAll() {
        closed = true;
        started.values().forEach(LocalCluster::close);
        pool.close();
        SharedMemoryPool.remove(options);
    }

    private List<Outcome> jobs(Contestant contestant, Load load, LocalCluster cluster) throws InterruptedException {
        return BenchmarkJob.run(contestant.exchange(), load, options, cluster, flinkOptions);
    }

    private synchronized LocalCluster cluster(Setting setting) {
        if (closed) {
            throw new IllegalStateException("stopped");
        }
        return started.computeIfAbsent(setting, this::start);
    }

    private LocalCluster start(Setting setting) {
        Map<String, String> configuration = new HashMap<>(setting.configuration());
        configuration.put(DropInOptions.POOL.key(), options.name());
        configuration.put(DropInOptions.DIRECTORY.key(), options.directory());
        configuration.putAll(flinkOptions);
        return TwoTaskManagers.start(TASK_MANAGER, configuration);
    }
}
