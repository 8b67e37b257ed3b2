package io.arrowshm.systemtest.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.Gate;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.LocalClusterOptions;
import io.arrowshm.cluster.Placement;
import io.arrowshm.cluster.TaskManagerSpec;
import io.arrowshm.cluster.TestClusters;
import io.arrowshm.flink.stream.ShmOptions;
import io.arrowshm.inspect.PoolSnapshot;
import io.arrowshm.inspect.SegmentSnapshot;
import io.arrowshm.systemtest.KeptPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A cluster on a pool, the jobs that things happen to, and what the test does to them. One thread. */
final class FailureCluster implements AutoCloseable {
    static final Duration TIMEOUT = PoolWatch.TIMEOUT;

    /** Of the three TaskManagers that tests have in common: where the source of jobs runs. */
    static final int SOURCE = 0;
    /** Where the rest of them runs. */
    static final int WORKERS = 1;

    static final int PARALLELISM = 2;
    /** A minute's worth for a source that takes its time. */
    static final long RECORDS = 1_500;

    static final TaskManagerSpec TASK_MANAGER =
            TaskManagerSpec.DEFAULT.withTaskHeapMb(256).withNetworkMb(64);

    /** One kill costs several: the job is deployed to the dead one until its heartbeats are missed. */
    private static final int MANY_RESTARTS = 500;

    private static final long POOL_BYTES = 48 << 20;
    private static final char STOPPED = 'T';
    static final Placement SOURCE_PLACE = new Placement("source");
    static final Placement WORKERS_PLACE = new Placement("workers");

    private final Path directory;
    private final PoolWatch watch;
    private final LocalCluster cluster;
    private final List<RunningJob> submitted = new ArrayList<>();
    private int directories;

    private FailureCluster(Path directory, PoolWatch watch, LocalCluster cluster) {
        this.directory = directory;
        this.watch = watch;
        this.cluster = cluster;
    }

    /** With a TaskManager for the source of jobs, one for their workers, and one for the bystander. */
    static FailureCluster start(String name) throws IOException {
        return start(
                name,
                Map.of(),
                TASK_MANAGER.withPlacement(SOURCE_PLACE),
                TASK_MANAGER.withSlots(PARALLELISM).withPlacement(WORKERS_PLACE),
                TASK_MANAGER.withSlots(PARALLELISM).withPlacement(Bystander.PLACE));
    }

    /**
     * @param name of the pool and the logs, which stay in target/it-logs until the next time
     * @param options of Flink
     */
    static FailureCluster start(String name, Map<String, String> options, TaskManagerSpec... taskManagers)
            throws IOException {
        Path directory = Files.createDirectories(TestClusters.logs(name));
        PoolWatch watch = new PoolWatch(name, POOL_BYTES);
        LocalCluster cluster = null;
        try {
            LocalClusterOptions.Builder builder =
                    TestClusters.in(directory.resolve("cluster")).configuration(options);
            List.of(taskManagers).forEach(builder::taskManager);
            cluster = LocalCluster.start(builder.build());
            cluster.awaitTaskManagers(TIMEOUT);
            return new FailureCluster(directory, watch, cluster);
        } catch (Throwable e) {
            if (cluster != null) {
                cluster.close();
            }
            watch.close();
            throw e;
        }
    }

    LocalCluster cluster() {
        return cluster;
    }

    PoolWatch watch() {
        return watch;
    }

    /** A new directory for one test. */
    Path newDirectory() throws IOException {
        return Files.createDirectories(directory.resolve("test-" + directories++));
    }

    /** A job over the source's and the workers' TaskManagers. */
    SumJob job(String name) {
        return new SumJob(name, watch.options(), RECORDS, PARALLELISM, SOURCE_PLACE, WORKERS_PLACE, List.of(), false);
    }

    /** @param options further ones, which win */
    RunningJob submit(Map<String, String> options, SumJob... jobs) throws Exception {
        StreamExecutionEnvironment environment = environment(options);
        for (SumJob job : jobs) {
            job.addTo(environment);
        }
        return submit(environment, jobs[0].name());
    }

    RunningJob submit(StreamExecutionEnvironment environment, String name) throws Exception {
        RunningJob running = new RunningJob(cluster, environment.executeAsync(name));
        submitted.add(running);
        return running;
    }

    /** Ends what a test that failed has left running or standing still, so that the next one has its slots. */
    void cancelJobs() throws Exception {
        repair(SOURCE);
        repair(WORKERS);
        for (RunningJob running : submitted) {
            running.cancel();
        }
        submitted.clear();
    }

    private void repair(int taskManager) {
        if (cluster.isTaskManagerAlive(taskManager) && state(statusOf(taskManager)) == STOPPED) {
            cluster.killTaskManager(taskManager);
        }
        if (!cluster.isTaskManagerAlive(taskManager)) {
            cluster.startTaskManager(taskManager);
        }
    }

    /** Writes what the pool holds beside the logs. */
    void keepPool(String name) throws IOException {
        KeptPool.write(watch.options(), newDirectory(), name);
    }

    /** Checkpoints several times a second, restarts as often as it must, and waits for credit as long as it takes. */
    StreamExecutionEnvironment environment(Map<String, String> options) throws IOException {
        Configuration configuration = Configuration.fromMap(Map.of(
                "restart-strategy.type",
                "fixed-delay",
                "restart-strategy.fixed-delay.attempts",
                Integer.toString(MANY_RESTARTS),
                "restart-strategy.fixed-delay.delay",
                "200 ms",
                "execution.checkpointing.interval",
                "200 ms",
                "execution.checkpointing.storage",
                "filesystem",
                "execution.checkpointing.dir",
                newDirectory().toUri().toString(),
                ShmOptions.CREDIT_TIMEOUT.key(),
                TIMEOUT.toSeconds() + " s"));
        configuration.addAll(Configuration.fromMap(options));
        StreamExecutionEnvironment environment = cluster.environment();
        environment.configure(configuration);
        return environment;
    }

    void awaitOpen(Gate gate) {
        Await.until("a task comes to " + gate, TIMEOUT, gate::isOpen, cluster::logTails);
    }

    /** Starts a TaskManager in place of another that stops itself when it comes to a place for the N-th time. */
    void replaceByOneThatStops(int taskManager, String place, int times) {
        cluster.killTaskManager(taskManager);
        cluster.startTaskManager(taskManager, "-Darrow-shm.fault=stop:" + place + ":" + times);
        cluster.awaitTaskManagers(TIMEOUT);
    }

    void awaitStopped(int taskManager) {
        Path status = statusOf(taskManager);
        Await.until("the process stops itself", TIMEOUT, () -> state(status) == STOPPED, cluster::logTails);
    }

    private Path statusOf(int taskManager) {
        return Path.of("/proc", Long.toString(cluster.taskManagerPid(taskManager)), "stat");
    }

    /** Kills a TaskManager, waits until the pool has everything back, and prints how long that took. */
    void kill(int taskManager, String when) {
        long processId = cluster.taskManagerPid(taskManager);
        PoolSnapshot before = watch.snapshot();
        List<SegmentSnapshot> held = PoolWatch.heldBy(before, processId);
        List<SegmentSnapshot> inFlight = before.segments().stream()
                .filter(segment -> segment.inFlight() > 0
                        && !String.valueOf(segment.epochName()).contains(Bystander.NAME))
                .toList();
        cluster.killTaskManager(taskManager);
        long since = System.nanoTime();
        watch.await(
                "what the killed one held is back",
                now -> PoolWatch.participant(now, processId).isEmpty());
        long heldBack = System.nanoTime();
        watch.awaitNotInFlight(inFlight);
        long inFlightBack = System.nanoTime();
        System.out.printf(
                Locale.ROOT,
                "| %s | %d bytes held, back after %d ms | %d bytes in flight, back after %d ms |%n",
                when,
                PoolWatch.bytes(held),
                TimeUnit.NANOSECONDS.toMillis(heldBack - since),
                PoolWatch.bytes(inFlight),
                TimeUnit.NANOSECONDS.toMillis(inFlightBack - since));
    }

    /** Fails if something is left in the pool, or a process has crashed. */
    void assertNothingIsLeft() throws IOException {
        watch.awaitEmpty();
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.map(Path::toString)).noneMatch(file -> file.contains("hs_err"));
        }
    }

    /** Ends all processes and removes the pool, in which nothing must be left. */
    @Override
    public void close() throws IOException {
        try (watch) {
            try (cluster) {
                assertNothingIsLeft();
            }
        }
    }

    /** The character behind the command, which is in parentheses. */
    private static char state(Path status) {
        try {
            String line = Files.readString(status);
            return line.charAt(line.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
