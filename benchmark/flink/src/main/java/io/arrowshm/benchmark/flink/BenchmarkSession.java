package io.arrowshm.benchmark.flink;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.benchmark.flink.job.BenchmarkJob;
import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.flink.job.Outcome;
import io.arrowshm.benchmark.flink.job.Place;
import io.arrowshm.benchmark.flink.limits.MemoryCopy;
import io.arrowshm.benchmark.report.Progress;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.LocalClusterOptions;
import io.arrowshm.cluster.TaskManagerSpec;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.flink.dropin.DropInOptions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;

/**
 * A pool, and a cluster of one JobManager and two TaskManagers for each setting of Flink, started when it is first needed.
 * Ends with {@link #close}, which a shutdown hook calls too. Measuring is for one thread.
 */
final class BenchmarkSession implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    static final int MOST_HOPS = 5;
    static final int MOST_CONSUMERS = 4;
    static final int MOST_JOBS = 2;

    private static final AtomicInteger OPENED = new AtomicInteger();
    private static final Duration COPYING = Duration.ofMillis(200);
    private static final int TASK_HEAP_MB = 2048;
    private static final int NETWORK_MB = 512;

    private final PoolOptions options;
    private final SharedMemoryPool pool;
    private final Map<String, String> flinkOptions;
    private final Map<Setting, LocalCluster> clusters = new EnumMap<>(Setting.class);
    private final Thread hook = new Thread(this::close, "benchmark-shutdown");
    private boolean closed;

    private BenchmarkSession(PoolOptions options, SharedMemoryPool pool, Map<String, String> flinkOptions) {
        this.options = options;
        this.pool = pool;
        this.flinkOptions = flinkOptions;
    }

    /**
     * Makes the pool.
     *
     * @param flinkOptions of all clusters and jobs, which win
     * @throws UserErrorException if no pool can be made
     */
    static BenchmarkSession open(Map<String, String> flinkOptions) {
        PoolOptions options =
                PoolOptions.named("benchmark-" + ProcessHandle.current().pid() + "-" + OPENED.getAndIncrement());
        try {
            BenchmarkSession session = new BenchmarkSession(options, SharedMemoryPool.open(options), flinkOptions);
            Runtime.getRuntime().addShutdownHook(session.hook);
            return session;
        } catch (SharedMemoryException e) {
            throw new UserErrorException(e.getMessage(), e);
        }
    }

    /** Lets all contestants run in turn; a round before those that count warms the JVMs up, unless each run has its own. */
    Comparison compare(Step step, Progress progress) throws InterruptedException {
        Question question = step.question();
        Load load = step.load();
        Comparison comparison = new Comparison(question, load);
        for (int round = question.wantsFreshProcesses() ? 1 : 0; round <= step.rounds(); round++) {
            comparison.addMemoryCopy(MemoryCopy.warm(load.doubles(), COPYING));
            for (Contestant contestant : step.contestants()) {
                progress.running(question.text() + " " + load.bytes() + " " + contestant.text());
                Measurement run =
                        question.wantsFreshProcesses() ? measureMemory(contestant, load) : measure(contestant, load);
                if (round > 0) {
                    comparison.add(contestant, run);
                }
                progress.done();
            }
        }
        return comparison;
    }

    private Measurement measure(Contestant contestant, Load load) throws InterruptedException {
        LocalCluster cluster = cluster(contestant.setting());
        double before = cpuSeconds(cluster);
        List<Outcome> jobs = BenchmarkJob.run(contestant.kind(), load, options, configuration(cluster));
        return Measurement.of(load, jobs, cpuSeconds(cluster) - before, null);
    }

    /** On a cluster and a pool of its own. */
    private Measurement measureMemory(Contestant contestant, Load load) throws InterruptedException {
        try (BenchmarkSession fresh = open(flinkOptions)) {
            LocalCluster cluster = fresh.cluster(contestant.setting());
            List<Outcome> jobs = BenchmarkJob.run(contestant.kind(), load, fresh.options, configuration(cluster));
            return Measurement.of(
                    load,
                    jobs,
                    cpuSeconds(cluster),
                    Memory.of(taskManagerPids(cluster), fresh.pool.statistics().backedBytes()));
        }
    }

    /** Stops the clusters and removes the pool. Further calls do nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        clusters.values().forEach(LocalCluster::close);
        pool.close();
        SharedMemoryPool.remove(options);
    }

    private synchronized LocalCluster cluster(Setting setting) {
        if (closed) {
            throw new IllegalStateException("stopped");
        }
        return clusters.computeIfAbsent(setting, this::start);
    }

    private LocalCluster start(Setting setting) {
        TaskManagerSpec spec = TaskManagerSpec.DEFAULT
                .withSlots(MOST_JOBS)
                .withTaskHeapMb(TASK_HEAP_MB)
                .withNetworkMb(NETWORK_MB);
        LocalCluster cluster = LocalCluster.start(LocalClusterOptions.builder()
                .configuration(setting.configuration())
                .configuration(DropInOptions.POOL.key(), options.name())
                .configuration(DropInOptions.DIRECTORY.key(), options.directory())
                .configuration(flinkOptions)
                .startTimeout(START_TIMEOUT)
                .taskManager(spec.withPlacement(Place.of(0)))
                .taskManager(spec.withPlacement(Place.of(1)))
                .build());
        try {
            cluster.awaitTaskManagers(START_TIMEOUT);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private Configuration configuration(LocalCluster cluster) {
        Configuration configuration = cluster.clientConfiguration();
        configuration.addAll(Configuration.fromMap(flinkOptions));
        return configuration;
    }

    private static double cpuSeconds(LocalCluster cluster) {
        return Stream.concat(Stream.of(cluster.jobManagerPid()), taskManagerPids(cluster).stream())
                .map(pid -> ProcessHandle.of(pid)
                        .flatMap(process -> process.info().totalCpuDuration())
                        .orElse(Duration.ZERO))
                .mapToDouble(duration -> duration.toNanos() / 1e9)
                .sum();
    }

    private static List<Long> taskManagerPids(LocalCluster cluster) {
        return List.of(cluster.taskManagerPid(0), cluster.taskManagerPid(1));
    }
}
