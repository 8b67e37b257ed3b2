package io.arrowshm.systemtest.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.PoolStatistics;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.ClusterRest;
import io.arrowshm.cluster.FlinkJvmFlags;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.Placement;
import io.arrowshm.cluster.TaskManagerSpec;
import io.arrowshm.cluster.TestClusters;
import io.arrowshm.inspect.Verification;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.systemtest.KeptPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A job at full speed over several edges between two TaskManager processes, for {@code -Dsoak.seconds=N}: what the pool and
 * the processes use does not grow from the first to the last third of that time.
 */
class SoakIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final int LOOKS = 15;
    private static final int SECONDS = Integer.getInteger("soak.seconds", 45);
    private static final int WARM_UP_SECONDS = Math.max(20, SECONDS / 20);
    private static final int TASK_HEAP_MB = 384;
    private static final long MIB = 1 << 20;
    private static final long POOL_BYTES = 256 * MIB;
    /** Of one edge, by default. */
    private static final long CREDIT_BYTES = POOL_BYTES / 4;

    private static final Placement SOURCE = new Placement("source");
    private static final Placement WORKERS = new Placement("workers");
    private static final List<String> PROCESSES = List.of("source", "workers");
    private static final PoolOptions POOL =
            PoolOptions.named("soak-job-it-" + ProcessHandle.current().pid()).withSizeBytes(POOL_BYTES);

    @RegisterExtension
    static final KeptPool KEPT_POOL = new KeptPool(POOL);

    private static SharedMemoryPool pool;
    private static LocalCluster cluster;

    /** Something that is measured: how much more of it there may be, on the median, and why. */
    private record Measure(String name, long unit, long tolerance, ToLongFunction<Look> value) {}

    /** What was seen at one time: of the pool, and of each TaskManager. */
    private record Look(double seconds, long records, PoolStatistics pool, List<ProcessLook> processes) {}

    @BeforeAll
    static void startCluster() {
        pool = SharedMemoryPool.open(POOL);
        // The whole heap is touched at the start: it is part of the resident memory from then on.
        cluster = LocalCluster.start(TestClusters.of(SoakIT.class)
                // Memory is measured as it is with Flink's own flags.
                .environment(FlinkJvmFlags.ENVIRONMENT_VARIABLE, "")
                .taskManager(spec(SOURCE, SoakJob.PARALLELISM))
                .taskManager(spec(WORKERS, SoakJob.PARALLELISM))
                .jvmArgument("-XX:+AlwaysPreTouch")
                .jvmArgument("-Xms" + (TASK_HEAP_MB + TaskManagerSpec.FRAMEWORK_HEAP_MB) + "m")
                .jobManagerHeapMb(TASK_HEAP_MB + TaskManagerSpec.FRAMEWORK_HEAP_MB)
                .configuration("metrics.fetcher.update-interval", "1000")
                .build());
        cluster.awaitTaskManagers(TIMEOUT);
    }

    @AfterAll
    static void closeCluster() {
        if (cluster != null) {
            cluster.close();
        }
        pool.close();
        assertThat(SharedMemoryPool.remove(POOL)).isTrue();
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.HOURS)
    void nothingGrows(@TempDir Path checkpoints) throws Exception {
        System.out.printf("SoakIT: -Dsoak.seconds=%d, behind %d to warm up%n", SECONDS, WARM_UP_SECONDS);
        JobClient job = submit(checkpoints);
        long start = System.nanoTime();
        List<Look> looks = new ArrayList<>();
        for (int look = 0; look <= LOOKS; look++) {
            awaitNanos(start + TimeUnit.MILLISECONDS.toNanos(1000L * WARM_UP_SECONDS + 1000L * SECONDS * look / LOOKS));
            looks.add(look(job, start));
        }
        Map<String, Object> sent = job.getAccumulators().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        job.cancel().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        report(looks, sent);

        assertThat(looks).isSortedAccordingTo((one, other) -> Long.compare(one.records(), other.records()));
        assertThat(looks.get(LOOKS).records()).isGreaterThan(looks.get(0).records());
        long references = (Long) sent.get("arrow-shm.references");
        long byValue = sent.entrySet().stream()
                .filter(counter -> counter.getKey().startsWith("arrow-shm.byValue."))
                .mapToLong(counter -> (Long) counter.getValue())
                .sum();
        assertThat(references).as("by reference, %d by value", byValue).isGreaterThan(10 * byValue);
        for (Measure measure : measures()) {
            assertThat(last(looks, measure.value()) - first(looks, measure.value()))
                    .as("growth of %s from the first to the last third", measure.name())
                    .isLessThanOrEqualTo(measure.tolerance());
        }
        awaitNothingLeft();
        Verification verified = Verifier.verify(POOL, true);
        assertThat(verified.violations()).isEmpty();
        assertThat(verified.notVerified()).isEmpty();
    }

    private static List<Measure> measures() {
        List<Measure> measures = new ArrayList<>();
        // What is on its way on an edge when the machine is busy, for which there are blocks from then on.
        measures.add(new Measure(
                "MiB of the pool", MIB, CREDIT_BYTES, look -> look.pool().backedBytes()));
        // Those that tasks are at, and not those on their way, of which there is what credit allows.
        measures.add(new Measure("segments held", 1, 16, look -> look.pool().segmentsHeld()));
        for (int i = 0; i < PROCESSES.size(); i++) {
            int process = i;
            String of = ", " + PROCESSES.get(i);
            // The state and the windows of copies, which differ in size.
            measures.add(new Measure(
                    "MiB of heap" + of,
                    MIB,
                    24 * MIB,
                    look -> look.processes().get(process).heapBytes()));
            // Code that is compiled, arenas of threads, and copies for a window.
            measures.add(new Measure(
                    "MiB of private memory" + of,
                    MIB,
                    48 * MIB,
                    look -> look.processes().get(process).privateBytes()));
            measures.add(new Measure(
                    "MiB of shared memory" + of,
                    MIB,
                    CREDIT_BYTES,
                    look -> look.processes().get(process).sharedBytes()));
            // Files of a checkpoint, connections to the JobManager.
            measures.add(new Measure(
                    "open files" + of,
                    1,
                    8,
                    look -> look.processes().get(process).files()));
            // Threads that come and go have stacks; memory that the C library takes has its own areas.
            measures.add(new Measure(
                    "mappings" + of,
                    1,
                    40,
                    look -> look.processes().get(process).mappings()));
            // Of Flink's pools, which grow to their size.
            measures.add(new Measure(
                    "threads" + of, 1, 8, look -> look.processes().get(process).threads()));
        }
        return measures;
    }

    private static TaskManagerSpec spec(Placement place, int slots) {
        return TaskManagerSpec.DEFAULT
                .withTaskHeapMb(TASK_HEAP_MB)
                .withSlots(slots)
                .withPlacement(place);
    }

    private static JobClient submit(Path checkpoints) throws Exception {
        StreamExecutionEnvironment env = cluster.environment();
        env.configure(Configuration.fromMap(Map.of(
                "restart-strategy.type", "disable",
                "execution.checkpointing.interval", "1 s",
                "execution.checkpointing.storage", "filesystem",
                "execution.checkpointing.dir", checkpoints.toUri().toString())));
        SoakJob.build(env, POOL, SOURCE, WORKERS);
        return env.executeAsync("soak");
    }

    private static void awaitNanos(long time) {
        Await.until("the next look", Duration.ofHours(1), () -> System.nanoTime() - time >= 0, () -> "");
    }

    private static Look look(JobClient job, long start) throws Exception {
        ClusterRest.Job now = cluster.rest().job(job.getJobID());
        assertThat(now.state()).as(cluster.logTails()).isEqualTo("RUNNING");
        return new Look(
                (System.nanoTime() - start) / 1e9,
                now.vertex("Sequence").writtenRecords(),
                pool.statistics(),
                List.of(ProcessLook.at(cluster.taskManagerPid(0)), ProcessLook.at(cluster.taskManagerPid(1))));
    }

    private static long first(List<Look> looks, ToLongFunction<Look> value) {
        return median(looks.subList(0, LOOKS / 3), value);
    }

    private static long last(List<Look> looks, ToLongFunction<Look> value) {
        return median(looks.subList(looks.size() - LOOKS / 3, looks.size()), value);
    }

    private static long median(List<Look> looks, ToLongFunction<Look> value) {
        return looks.stream().mapToLong(value).sorted().toArray()[looks.size() / 2];
    }

    private static void report(List<Look> looks, Map<String, Object> sent) {
        Look first = looks.get(0);
        Look last = looks.get(LOOKS);
        System.out.printf(
                Locale.ROOT,
                "%,d segments crossed the edges in %.0f s, %,.0f a second; %s%n%n",
                last.records() - first.records(),
                last.seconds() - first.seconds(),
                (last.records() - first.records()) / (last.seconds() - first.seconds()),
                sent);
        System.out.println("| | first third | middle third | last third | most | may grow by |");
        System.out.println("|---|---|---|---|---|---|");
        for (Measure measure : measures()) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %,d | %,d | %,d | %,d | %,d |%n",
                    measure.name(),
                    first(looks, measure.value()) / measure.unit(),
                    median(looks.subList(LOOKS / 3, 2 * LOOKS / 3), measure.value()) / measure.unit(),
                    last(looks, measure.value()) / measure.unit(),
                    looks.stream().mapToLong(measure.value()).max().orElseThrow() / measure.unit(),
                    measure.tolerance() / measure.unit());
        }
    }

    private static void awaitNothingLeft() {
        Await.until(
                "no segment is left and no epoch open",
                TIMEOUT,
                () -> {
                    PoolStatistics now = pool.statistics();
                    return now.segments() == 0 && now.epochs() == 0;
                },
                () -> pool.statistics().toString());
    }
}
