package io.arrowshm.systemtest.installation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.Placement;
import io.arrowshm.cluster.TestClusters;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.dropin.DropIn;
import io.arrowshm.testing.TestPool;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees with the first job when the connector is not where it belongs. TaskManager 1 has no connector. */
class WrongInstallationIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Placement RIGHT = new Placement("right");
    private static final Placement WRONG = new Placement("wrong");

    @RegisterExtension
    static final TestPool POOL = TestPool.ofBytes(16 << 20);

    private static LocalCluster cluster;

    @BeforeAll
    static void startCluster() {
        cluster = LocalCluster.start(TestClusters.of(WrongInstallationIT.class)
                .taskManager(TestClusters.TASK_MANAGER.withSlots(2).withPlacement(RIGHT))
                .taskManager(TestClusters.TASK_MANAGER.withPlacement(WRONG))
                .configuration("restart-strategy.type", "none")
                .build());
        cluster.killTaskManager(1);
        cluster.startTaskManager(1, "-cp", classPathWithoutTheConnector());
        cluster.awaitTaskManagers(TIMEOUT);
    }

    @AfterAll
    static void closeCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void aReceivingTaskManagerWithoutTheConnectorIsNamedWithTheClassThatItLacks() throws Exception {
        assertNamesWhatIsMissing(submit(cluster.environment(), RIGHT, WRONG));
    }

    @Test
    void aSendingTaskManagerWithoutTheConnectorIsNamedWithTheClassThatItLacks() throws Exception {
        assertNamesWhatIsMissing(submit(cluster.environment(), WRONG, RIGHT));
    }

    @Test
    void aTaskManagerWithoutTheConnectorIsNamedInDropInModeToo() throws Exception {
        StreamExecutionEnvironment env = cluster.environment();
        DropIn.enable(new Configuration());
        try {
            env.fromSequence(1, 10)
                    .setParallelism(1)
                    .slotSharingGroup(RIGHT.group())
                    .map(number -> new double[] {number})
                    .returns(double[].class)
                    .setParallelism(1)
                    .rebalance()
                    .map(array -> array[0])
                    .returns(Types.DOUBLE)
                    .setParallelism(1)
                    .slotSharingGroup(WRONG.group())
                    .sinkTo(new DiscardingSink<>())
                    .setParallelism(1);
            assertNamesWhatIsMissing(env.executeAsync());
        } finally {
            DropIn.disable();
        }
    }

    @Test
    void theConnectorInTheJobsJarAndInLibIsRefusedByTheTaskManager(@TempDir Path directory) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(
                PipelineOptions.JARS,
                Stream.of(
                                Path.of(location(SegmentStream.class)),
                                Path.of(location(Segment.class)),
                                jarOfThisTest(directory.resolve("job.jar")))
                        .map(jar -> jar.toUri().toString())
                        .toList());
        StreamExecutionEnvironment env = cluster.environment(configuration);
        assertThat(failure(submit(env, RIGHT, RIGHT)))
                .contains("the job's jar ")
                .contains("contains io.arrowshm.flink")
                .contains("ChildFirstClassLoader")
                .contains("although Flink's lib/ has it too")
                .contains("put the connector into lib/ of every machine");
    }

    private static void assertNamesWhatIsMissing(JobClient job) {
        assertThat(failure(job))
                .containsPattern("(ClassNotFoundException|NoClassDefFoundError): io.arrowshm[./]")
                .doesNotContain("ClassCastException");
        // The REST server shows a job as it was some tenths of a second ago, also to who knows that it has failed.
        String exceptions = "/jobs/" + job.getJobID() + "/exceptions";
        Await.until(
                "the TaskManager that lacks it is named",
                TIMEOUT,
                () -> cluster.rest().get(exceptions).toString().contains(cluster.taskManagerId(1)),
                () -> cluster.rest().get(exceptions).toString());
    }

    private static JobClient submit(StreamExecutionEnvironment env, Placement sender, Placement receiver)
            throws Exception {
        SegmentStream.makeArrays(
                        env.fromSequence(1, 10).setParallelism(1).slotSharingGroup(sender.group()),
                        POOL.options(),
                        number -> ArraySpec.of(DType.INT64, 100),
                        (number, array) -> array.fill(number))
                .setParallelism(1)
                .rebalance()
                .map(segment -> segment.array().getLong(0), Types.LONG)
                .setParallelism(1)
                .slotSharingGroup(receiver.group())
                .sinkTo(new DiscardingSink<>())
                .setParallelism(1);
        return env.executeAsync();
    }

    /** Why a job has failed, with all causes. */
    private static String failure(JobClient job) {
        return ExceptionUtils.stringifyException(
                catchThrowable(() -> job.getJobExecutionResult().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)));
    }

    private static String classPathWithoutTheConnector() {
        List<String> left = List.of(location(SegmentStream.class), location(Segment.class));
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !left.contains(Path.of(entry).toAbsolutePath().toString()))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Path jarOfThisTest(Path jar) throws IOException {
        Path classes = Path.of(location(WrongInstallationIT.class));
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file);
                Stream<Path> found = Files.walk(classes)) {
            found.filter(path -> path.getFileName().toString().startsWith("WrongInstallationIT"))
                    .forEach(path -> add(entries, classes.relativize(path).toString(), path));
        }
        return jar;
    }

    private static void add(JarOutputStream entries, String name, Path file) {
        try {
            entries.putNextEntry(new JarEntry(name));
            Files.copy(file, entries);
            entries.closeEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
