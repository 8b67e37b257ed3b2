package io.arrowshm.systemtest.stock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.cluster.FlinkJvmFlags;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.inspect.PoolSnapshot;
import io.arrowshm.systemtest.KeptPool;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A stock Flink with the one jar in lib/, and jobs whose jars have nothing of ours, as users start them. Each test says how
 * many batches its job makes, so that nobody takes one job's totals for another's. Logs are in target/stock-flink.
 */
class StockFlinkIT {
    private static final Path DIRECTORY = Path.of("target/stock-flink").toAbsolutePath();
    private static final Path HOME = DIRECTORY.resolve("flink");
    private static final Path EXAMPLES = HOME.resolve("examples/streaming");
    private static final Path WORD_COUNT = EXAMPLES.resolve("flink-examples-streaming-2.3.0-WordCount.jar");
    private static final Path ALL_EXAMPLES = EXAMPLES.resolve("flink-examples-streaming-2.3.0.jar");
    private static final String REFERENCES = "arrow-shm.references";
    private static final int KEYS = 4;
    private static final int ROWS = 1000;
    private static final PoolOptions POOL =
            PoolOptions.named("stock-it-" + ProcessHandle.current().pid());

    @RegisterExtension
    static final KeptPool KEPT_POOL = new KeptPool(POOL);

    private static Path job;
    private static StockCluster cluster;

    @BeforeAll
    static void install() throws Exception {
        assumeTrue(
                "true".equals(System.getenv("CI")) || isThere("python3"),
                "skipped: the distribution is fetched with python3's pip");
        delete(DIRECTORY);
        Files.createDirectories(DIRECTORY);
        new Commands(DIRECTORY, Map.of())
                .run(Path.of("stock-flink.sh").toAbsolutePath().toString(), HOME.toString());
        Path jar =
                Path.of("../dist/target/flink-connector-arrow-shm-" + System.getProperty("project.version") + ".jar");
        Files.copy(jar, HOME.resolve("lib").resolve(jar.getFileName()));
        job = YourOwnProject.build(Files.createDirectories(DIRECTORY.resolve("your-own-job")));
        cluster = new StockCluster(
                HOME,
                DIRECTORY.resolve("session"),
                settings("arrow-shm.drop-in.pool: " + POOL.name(), "arrow-shm.drop-in.pool-size: 64mb"));
        cluster.run("start-cluster.sh");
        cluster.awaitTaskManagers(2);
    }

    private static boolean isThere(String program) {
        return Stream.of(System.getenv("PATH").split(":", -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private static List<String> settings(String... further) {
        return Stream.concat(
                        Stream.of(
                                "taskmanager.load-balance.mode: SLOTS",
                                "parallelism.default: 2",
                                // How often the JobManager hears of accumulators.
                                "heartbeat.interval: 500 ms",
                                "env.java.opts.jobmanager: -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
                                "env.java.opts.taskmanager: -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
                                "env.java.opts.client: -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"),
                        Stream.of(further))
                .toList();
    }

    @AfterAll
    static void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
        SharedMemoryPool.remove(POOL);
        try (Stream<Path> left = Files.list(Path.of(POOL.directory()))) {
            assertThat(left.filter(file -> file.toString().contains(POOL.name())))
                    .isEmpty();
        }
    }

    @Test
    void aProjectOfOnesOwnRunsByReference() throws Exception {
        int batches = 1000;
        String printed = cluster.client()
                .run(cluster.script("flink"), "run", job.toString(), POOL.name(), Integer.toString(batches));
        assertThat(accumulatorIn(printed, REFERENCES)).isGreaterThan(batches * 9L / 10);
        awaitTotals(cluster, batches);
        awaitNothingLeft();
    }

    @Test
    void aJobIsCancelled() throws Exception {
        JobID id = cluster.submit(job.toString(), POOL.name(), "1000001", "5");
        awaitReferences(id);
        cluster.run("flink", "cancel", id.toHexString());
        cluster.awaitState(id, "CANCELED");
        awaitNothingLeft();
    }

    @Test
    void aSavepointGoesOnWithAnotherParallelism() throws Exception {
        int batches = 1002;
        JobID id = cluster.submit(job.toString(), POOL.name(), Integer.toString(batches), "200");
        awaitReferences(id);
        Path savepoints = DIRECTORY.resolve("savepoints");
        cluster.run("flink", "stop", "--savepointPath", savepoints.toString(), id.toHexString());
        cluster.awaitState(id, "FINISHED");
        assertThat(cluster.printed()).doesNotContain(total(0, batches));
        try (Stream<Path> made = Files.list(savepoints)) {
            JobID restored = cluster.submit(
                    "-p",
                    "4",
                    "-s",
                    made.findFirst().orElseThrow().toString(),
                    job.toString(),
                    POOL.name(),
                    Integer.toString(batches));
            cluster.awaitState(restored, "FINISHED");
            assertThat(cluster.accumulator(restored, REFERENCES)).isPositive();
        }
        awaitTotals(cluster, batches);
        awaitNothingLeft();
    }

    @Test
    void aTaskManagerIsKilledAndReplaced() throws Exception {
        int batches = 403;
        JobID id = cluster.submit(job.toString(), POOL.name(), Integer.toString(batches), "50");
        awaitReferences(id);
        List<ProcessHandle> taskManagers = cluster.processes("taskexecutor");
        assertThat(taskManagers.get(taskManagers.size() - 1).destroyForcibly()).isTrue();
        cluster.run("taskmanager.sh", "start");
        cluster.awaitState(id, "FINISHED");
        awaitTotals(cluster, batches);
        awaitNothingLeft();
        cluster.awaitTaskManagers(2);
    }

    @Test
    void twoJobsShareAPool() throws Exception {
        List<Integer> batches = List.of(604, 605);
        List<Commands.Started> starting = new ArrayList<>();
        for (int each : batches) {
            starting.add(cluster.starting("-p", "1", job.toString(), POOL.name(), Integer.toString(each), "5"));
        }
        for (Commands.Started each : starting) {
            JobID id = StockCluster.submitted(cluster.client().finish(each));
            cluster.awaitState(id, "FINISHED");
            assertThat(cluster.accumulator(id, REFERENCES)).isPositive();
        }
        for (int each : batches) {
            awaitTotals(cluster, each);
        }
        awaitNothingLeft();
    }

    @Test
    void anApplicationClusterRunsTheJobAndEnds() throws Exception {
        int batches = 306;
        Files.copy(job, Files.createDirectories(HOME.resolve("usrlib")).resolve(job.getFileName()));
        // A reporter of the distribution's own, since the JobManager answers nothing any more when it has ended.
        List<String> settings = settings(
                "metrics.reporter.log.factory.class: org.apache.flink.metrics.slf4j.Slf4jReporterFactory",
                "metrics.reporter.log.interval: 200 ms");
        try (StockCluster application = new StockCluster(HOME, DIRECTORY.resolve("application"), settings)) {
            application.run(
                    "standalone-job.sh",
                    "start",
                    "--job-classname",
                    "com.example.YourOwnJob",
                    POOL.name(),
                    Integer.toString(batches),
                    "20");
            List<ProcessHandle> jobManagers = application.processes("standalonejob");
            assertThat(jobManagers).isNotEmpty();
            application.run("taskmanager.sh", "start");
            awaitTotals(application, batches);
            application.await(
                    "the JobManager has ended with its job",
                    () -> jobManagers.stream().noneMatch(application::isRunning));
            assertThat(application.logs(".log")).containsPattern("arrow-shm\\.references: [1-9]");
        }
        awaitNothingLeft();
    }

    @Test
    void arraysOfAnUnchangedJobGoByReferenceThroughSettingsAlone() throws Exception {
        int arrays = 2000;
        Path jar = DIRECTORY.resolve("plain-arrays.jar");
        pack(jar, PlainArraysJob.class);
        String printed = dropIn().run(
                        cluster.script("flink"),
                        "run",
                        "-c",
                        PlainArraysJob.class.getName(),
                        jar.toString(),
                        Integer.toString(arrays));
        assertThat(accumulatorIn(printed, PlainArraysJob.SUM)).isEqualTo(PlainArraysJob.expectedSum(arrays));
        assertThat(accumulatorIn(printed, REFERENCES)).isGreaterThan(arrays / 2);
        awaitNothingLeft();
    }

    @Test
    void examplesOfTheDistributionRunUnchanged() throws Exception {
        Commands client = dropIn();
        client.run(cluster.script("flink"), "run", WORD_COUNT.toString());
        client.run(
                cluster.script("flink"),
                "run",
                "-c",
                "org.apache.flink.streaming.examples.windowing.SessionWindowing",
                ALL_EXAMPLES.toString());
        cluster.await(
                "the examples have printed their results",
                () -> cluster.printed().contains("(slings,1)")
                        && cluster.printed().contains("(a,1,1)"));
    }

    /** A job that never ends, with state by key and checkpoints: it is cancelled. */
    @Test
    void theStateMachineExampleOfTheDistributionRunsUnchanged() throws Exception {
        JobID id = StockCluster.submitted(dropIn().run(
                        cluster.script("flink"),
                        "run",
                        "-d",
                        "-c",
                        "org.apache.flink.streaming.examples.statemachine.StateMachineExample",
                        ALL_EXAMPLES.toString()));
        cluster.await("it has completed two checkpoints", () -> cluster.completedCheckpoints(id) >= 2);
        cluster.run("flink", "cancel", id.toHexString());
        cluster.awaitState(id, "CANCELED");
    }

    /** No code of the connector can run there: what Flink itself says is in docs/connector.md. */
    @Test
    void aClientInDropInModeWithoutTheConnectorIsToldWhatItCannotLoad() throws Exception {
        Path lib = Files.createDirectories(DIRECTORY.resolve("lib-without-connector"));
        try (Stream<Path> jars = Files.list(HOME.resolve("lib"))) {
            for (Path file :
                    jars.filter(jar -> !jar.toString().contains("arrow-shm")).toList()) {
                Files.createSymbolicLink(lib.resolve(file.getFileName()), file);
            }
        }
        String printed = dropIn().with("FLINK_LIB_DIR", lib.toString())
                .fail(cluster.script("flink"), "run", WORD_COUNT.toString());
        assertThat(printed)
                .contains("Could not load JobListener : io.arrowshm.flink.dropin.DropInListener")
                .contains("java.lang.ClassNotFoundException: io.arrowshm.flink.dropin.DropInListener");
    }

    @Test
    void theFlagsOfOurOwnClustersAreThoseOfTheDistribution() throws Exception {
        Matcher matcher =
                Pattern.compile("(?m)^ {6}all: (--.*)$").matcher(Files.readString(HOME.resolve("conf/config.yaml")));
        assertThat(matcher.find()).isTrue();
        assertThat(String.join(" ", FlinkJvmFlags.SHIPPED)).isEqualTo(matcher.group(1));
    }

    private static Commands dropInClient;

    private static Commands dropIn() throws IOException {
        if (dropInClient == null) {
            dropInClient =
                    cluster.clientWith(List.of("execution.job-listeners: io.arrowshm.flink.dropin.DropInListener"));
        }
        return dropInClient;
    }

    private static void awaitReferences(JobID id) {
        cluster.await("references travel", () -> cluster.accumulator(id, REFERENCES) > 10);
    }

    private static void awaitTotals(StockCluster where, long batches) {
        for (int key = 0; key < KEYS; key++) {
            String total = total(key, batches);
            where.await(total, () -> where.printed().contains(total));
        }
    }

    private static String total(int key, long batches) {
        long sum = 0;
        for (long number = key; number < batches; number += KEYS) {
            sum += number * ROWS;
        }
        return "total of key " + key + ": " + sum + "\n";
    }

    private static void awaitNothingLeft() {
        try (PoolInspector inspector = PoolInspector.open(POOL)) {
            cluster.await("no segment is left in the pool", () -> {
                PoolSnapshot now = inspector.snapshot();
                return now.segments().isEmpty() && now.epochs().isEmpty();
            });
        }
    }

    /** Of the results that {@code flink run} prints. */
    private static long accumulatorIn(String printed, String name) {
        Matcher matcher = Pattern.compile("- " + Pattern.quote(name) + " \\(java.lang.Long\\): (\\d+)")
                .matcher(printed);
        assertThat(matcher.find()).as(printed).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static void pack(Path jar, Class<?> main) throws IOException {
        Path classes = Path.of("target/test-classes");
        Path folder = classes.resolve(main.getPackageName().replace('.', '/'));
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> all = Files.list(folder)) {
            for (Path each : all.filter(path -> path.getFileName().toString().startsWith(main.getSimpleName()))
                    .toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
                Files.copy(each, out);
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
