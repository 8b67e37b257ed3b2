package io.arrowshm.systemtest.topology;

import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.ClusterRest;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.flink.stream.ShmOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs jobs of one topology on a cluster, with or without a kill. One thread. */
final class TopologyRun {
    private static final Duration TIMEOUT = Duration.ofMinutes(4);
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofMillis(200);
    private static final Duration RESTART_DELAY = Duration.ofMillis(200);
    /** One kill costs several: the job is deployed to the dead one until its heartbeats are missed. */
    private static final int RESTARTS = 100;

    private final LocalCluster cluster;
    private final int taskManagers;
    private final TopologyPlan plan;
    private final Path directory;

    /** @param directory absent; where the jobs' files go */
    TopologyRun(LocalCluster cluster, int taskManagers, TopologyPlan plan, Path directory) {
        this.cluster = cluster;
        this.taskManagers = taskManagers;
        this.plan = plan;
        this.directory = directory.toAbsolutePath();
    }

    /**
     * What came of one job.
     *
     * @param sums by node
     * @param sent how the connector sent, by the name of its counter, in the last attempt
     * @param restarts of the task that was restarted most often
     */
    record Outcome(Map<Integer, NodeSum> sums, Map<String, Long> sent, int restarts, double seconds) {
        long references() {
            return sent.getOrDefault("arrow-shm.references", 0L);
        }

        long copies() {
            return sent.getOrDefault("arrow-shm.copies", 0L);
        }

        Map<String, Long> byValue() {
            String prefix = "arrow-shm.byValue.";
            Map<String, Long> reasons = new TreeMap<>();
            sent.forEach((name, count) -> {
                if (name.startsWith(prefix)) {
                    reasons.put(name.substring(prefix.length()), count);
                }
            });
            return reasons;
        }
    }

    /** The environment and the directory of a job, and when to kill somebody. */
    record Job(StreamExecutionEnvironment environment, Path directory, OptionalDouble killAfter) {}

    Outcome run(String name, Function<Job, GraphBuilder<?, ?>> graph) throws Exception {
        return run(new Job(environment(), directoryOf(name), OptionalDouble.empty()), graph, new Random(0));
    }

    /** Kills one of the TaskManagers that the job runs in, somewhere in the middle, and starts another in its place. */
    Outcome runAndKill(String name, Function<Job, GraphBuilder<?, ?>> graph, Random random) throws Exception {
        OptionalDouble share = OptionalDouble.of(0.8 * random.nextDouble());
        return run(new Job(environment(), directoryOf(name), share), graph, random);
    }

    private Outcome run(Job job, Function<Job, GraphBuilder<?, ?>> graph, Random random) throws Exception {
        long start = System.nanoTime();
        graph.apply(job).build(plan);
        JobClient client = job.environment().executeAsync("topology " + plan.seed());
        if (job.killAfter().isPresent()) {
            Await.until(
                    "a source has got so far: share=" + job.killAfter().getAsDouble(),
                    TIMEOUT,
                    () -> Files.exists(KillPoint.reached(job.directory())),
                    () -> cluster.rest().job(client.getJobID()) + "\n" + cluster.logTails());
            killOneOf(client.getJobID(), random);
            Files.write(KillPoint.killed(job.directory()), new byte[0]);
        }
        Map<String, Long> sent = new TreeMap<>();
        client.getJobExecutionResult()
                .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .getAllAccumulatorResults()
                .forEach((counter, value) -> {
                    if (counter.startsWith("arrow-shm.")) {
                        sent.put(counter, (Long) value);
                    }
                });
        int restarts = subtasks(client.getJobID())
                .mapToInt(ClusterRest.Subtask::attempt)
                .max()
                .orElseThrow();
        return new Outcome(NodeTask.sums(job.directory()), sent, restarts, (System.nanoTime() - start) / 1e9);
    }

    private void killOneOf(JobID job, Random random) {
        List<String> used =
                subtasks(job).map(ClusterRest.Subtask::taskManagerId).distinct().toList();
        int[] victims = IntStream.range(0, taskManagers)
                .filter(index -> used.contains(cluster.taskManagerId(index)))
                .toArray();
        int victim = victims[random.nextInt(victims.length)];
        cluster.killTaskManager(victim);
        cluster.startTaskManager(victim);
    }

    private Stream<ClusterRest.Subtask> subtasks(JobID job) {
        return cluster.rest().job(job).vertices().stream()
                .flatMap(vertex -> cluster.rest().subtasks(job, vertex).stream());
    }

    private StreamExecutionEnvironment environment() {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.OBJECT_REUSE, plan.objectReuse());
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, RESTARTS);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, RESTART_DELAY);
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
        configuration.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        configuration.set(ShmOptions.CREDIT, new MemorySize(plan.creditBytes()));
        configuration.set(ShmOptions.SMALLEST_BY_REFERENCE, new MemorySize(plan.smallestReferenceBytes()));
        StreamExecutionEnvironment environment = cluster.environment();
        environment.configure(configuration);
        return environment;
    }

    private Path directoryOf(String name) throws IOException {
        return Files.createDirectories(directory.resolve(name));
    }
}
