package io.arrowshm.systemtest.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.PoolStatistics;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.TaskManagerSpec;
import io.arrowshm.cluster.TestClusters;
import io.arrowshm.inspect.Verification;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.systemtest.KeptPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random job graphs on three TaskManagers, each by Flink's exchange, by reference, and by reference while one is killed:
 * each time every node gets what it must. {@code -Dtopologies=N} graphs, of the seeds {@code -Dseed=S}, S + 1 and so on.
 */
class RandomTopologiesIT {
    private static final int TASK_MANAGERS = 3;
    private static final int SLOTS_OF_EACH = 6;
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final Duration SWEEP_TIMEOUT = Duration.ofSeconds(5);
    private static final int TOPOLOGIES = Integer.getInteger("topologies", 6);
    private static final long SEED = Long.getLong("seed", System.nanoTime());
    private static final Path DIRECTORY = TestClusters.logs(RandomTopologiesIT.class);
    private static final PoolOptions POOL = PoolOptions.named(
                    "topologies-it-" + ProcessHandle.current().pid())
            .withSizeBytes(128 << 20)
            .withChecksums(true);

    private static SharedMemoryPool pool;
    private static LocalCluster cluster;
    private static long references;
    private static long byValue;

    static LongStream seeds() {
        return LongStream.range(SEED, SEED + TOPOLOGIES);
    }

    @BeforeAll
    static void startCluster() throws IOException {
        System.out.printf("RandomTopologiesIT: -Dtopologies=%d -Dseed=%d%n", TOPOLOGIES, SEED);
        pool = SharedMemoryPool.open(POOL);
        cluster = LocalCluster.start(TestClusters.in(DIRECTORY.resolve("cluster"))
                .taskManagers(TASK_MANAGERS, TaskManagerSpec.DEFAULT.withSlots(SLOTS_OF_EACH))
                .build());
        cluster.awaitTaskManagers(TIMEOUT);
        System.out.println(
                "| seed | operators | edges | object reuse | credit | nodes get | sent | by reference | copies | by"
                        + " value | kill: restarts | by reference | by value | s Flink | s by reference | s kill |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    }

    @AfterAll
    static void closeCluster() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
        pool.close();
        assertThat(SharedMemoryPool.remove(POOL)).isTrue();
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            assertThat(files.map(Path::toString)).noneMatch(file -> file.contains("hs_err"));
        }
        assertThat(references).as("by reference, %d by value", byValue).isGreaterThan(byValue);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void everyNodeGetsTheSameByReferenceAsByFlinkAlsoWhenATaskManagerIsKilled(long seed) throws Exception {
        TopologyPlan plan = PlanGenerator.generate(seed);
        Path directory = DIRECTORY.resolve("seed-" + seed);
        try {
            check(plan, new TopologyRun(cluster, TASK_MANAGERS, plan, directory));
        } catch (Throwable e) {
            System.out.println(plan);
            KeptPool.write(POOL, directory, "seed-" + seed);
            throw e;
        }
        FileUtils.deleteDirectory(directory.toFile());
    }

    private static void check(TopologyPlan plan, TopologyRun run) throws Exception {
        Oracle oracle = Oracle.evaluate(plan, Long.MAX_VALUE).orElseThrow();
        Map<Integer, NodeSum> expected = oracle.sums();
        TopologyRun.Outcome flink =
                run.run("flink", job -> new FlinkGraphBuilder(job.environment(), job.directory(), job.killAfter()));
        assertThat(flink.sums()).as("by Flink's exchange").isEqualTo(expected);

        TopologyRun.Outcome quiet = run.run("reference", job -> byReference(job));
        assertThat(quiet.sums()).as("by reference").isEqualTo(expected);
        assertThat(quiet.restarts()).isZero();
        long values = sum(quiet.byValue());
        assertThat(quiet.references() + values).as("sent").isEqualTo(oracle.sent());
        assertThat(quiet.references()).as("by reference").isPositive();
        references += quiet.references();
        byValue += values;
        awaitNothingLeft();

        TopologyRun.Outcome killed = run.runAndKill("kill", job -> byReference(job), new Random(plan.seed()));
        assertThat(killed.sums()).as("by reference, with a kill").isEqualTo(expected);
        assertThat(killed.restarts()).isPositive();
        awaitNothingLeft();
        Verification verified = Verifier.verify(POOL, true);
        assertThat(verified.violations()).isEmpty();
        assertThat(verified.notVerified()).isEmpty();
        cluster.awaitTaskManagers(TIMEOUT);
        report(plan, oracle, flink, quiet, killed);
    }

    private static GraphBuilder<?, ?> byReference(TopologyRun.Job job) {
        return new ReferenceGraphBuilder(POOL, job.environment(), job.directory(), job.killAfter());
    }

    private static void awaitNothingLeft() {
        Await.until(
                "no segment is left and no epoch open",
                SWEEP_TIMEOUT,
                () -> {
                    PoolStatistics now = pool.statistics();
                    return now.segments() == 0 && now.epochs() == 0;
                },
                () -> pool.statistics().toString());
    }

    private static void report(
            TopologyPlan plan,
            Oracle oracle,
            TopologyRun.Outcome flink,
            TopologyRun.Outcome quiet,
            TopologyRun.Outcome killed) {
        System.out.printf(
                Locale.ROOT,
                "| %d | %d | %d | %s | %s | %d | %d | %d | %d | %s | %d | %d | %s | %.1f | %.1f | %.1f |%n",
                plan.seed(),
                plan.operators(),
                plan.edges(),
                plan.objectReuse() ? "on" : "off",
                plan.creditBytes() == 0 ? "default" : plan.creditBytes(),
                oracle.taken(),
                oracle.sent(),
                quiet.references(),
                quiet.copies(),
                quiet.byValue(),
                killed.restarts(),
                killed.references(),
                killed.byValue(),
                flink.seconds(),
                quiet.seconds(),
                killed.seconds());
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
