package io.arrowshm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.TestClusters;
import io.arrowshm.flink.dropin.DropIn;
import io.arrowshm.flink.dropin.DropInOptions;
import io.arrowshm.flink.python.PythonFunction;
import io.arrowshm.interop.PythonPackage;
import io.arrowshm.testing.TestPool;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** All examples on one cluster, with what each of them prints. */
@ResourceLock(Resources.SYSTEM_OUT)
class ExamplesIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    @RegisterExtension
    static final TestPool POOL = TestPool.ofBytes(512 << 20);

    private static LocalCluster cluster;

    @BeforeAll
    static void startCluster() throws Exception {
        POOL.pool();
        cluster = LocalCluster.start(TestClusters.of(ExamplesIT.class)
                .configuration(DropInOptions.POOL.key(), POOL.name())
                .environment(
                        PythonFunction.INTERPRETER_VARIABLE,
                        PythonPackage.install().interpreter().toString())
                .taskManagers(Example.PARALLELISM, TestClusters.TASK_MANAGER)
                .build());
        cluster.awaitTaskManagers(TIMEOUT);
    }

    @AfterAll
    static void closeCluster() {
        cluster.close();
    }

    @AfterEach
    void nothingIsLeft() {
        DropIn.disable();
        POOL.await("no segment is left", pool -> pool.segments() == 0);
    }

    @Test
    void firstArray() throws Exception {
        assertThat(linesOf("first-array")).containsExactly("mean of 100 images: 50.5");
    }

    @Test
    void partitionedByKey() throws Exception {
        assertThat(linesOf("partitioned-by-key"))
                .containsExactly(
                        "sensor 0: strongest 96",
                        "sensor 1: strongest 97",
                        "sensor 2: strongest 98",
                        "sensor 3: strongest 99");
    }

    @Test
    void windowsOverCopies() throws Exception {
        List<String> expected = LongStream.range(0, 6)
                .mapToObj(ten -> "from second " + ten * 10 + ": sum "
                        + 1000 * LongStream.range(ten * 10, ten * 10 + 10).sum())
                .toList();
        assertThat(linesOf("windows-over-copies")).containsExactlyElementsOf(expected);
    }

    @Test
    void datasetInAndOut() throws Exception {
        assertThat(linesOf("dataset-in-and-out")).containsExactly("80 frames, mean 5.5");
    }

    @Test
    void dropInOnAnUnchangedJob() throws Exception {
        Map<String, String> figures = figuresOf("drop-in-on-an-unchanged-job");
        assertThat(figures).containsEntry("sum of all pixels", "20100.0");
        // Per channel the first arrays go by value.
        assertThat(Long.parseLong(figures.get("arrays sent by reference"))).isBetween(100L, 200L);
    }

    @Test
    void numpyStep() throws Exception {
        assertThat(linesOf("numpy-step")).containsExactly("105 images, mean of the roots 10.0");
    }

    @Test
    void metricsAndOptions() throws Exception {
        Map<String, String> figures = figuresOf("metrics-and-options");
        assertThat(figures)
                .containsEntry("elements", Long.toString(50 * 64 + 50 * 65_536))
                .containsEntry("arrow-shm.byValue.small", "50")
                .containsEntry("arrow-shm.references", "50");
    }

    @Test
    void thereIsATestOfEveryExample() {
        List<String> tests = List.of(
                "first-array",
                "partitioned-by-key",
                "windows-over-copies",
                "dataset-in-and-out",
                "drop-in-on-an-unchanged-job",
                "numpy-step",
                "metrics-and-options");
        assertThat(byName().keySet()).containsExactlyInAnyOrderElementsOf(tests);
    }

    private static Map<String, Example> byName() {
        return Example.ALL.stream().collect(Collectors.toMap(Example::name, Function.identity()));
    }

    private static Map<String, String> figuresOf(String name) throws Exception {
        return linesOf(name).stream()
                .map(line -> line.split(": ", 2))
                .collect(Collectors.toMap(figure -> figure[0], figure -> figure[1]));
    }

    private static List<String> linesOf(String name) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            byName().get(name).run(cluster, POOL.name());
        } finally {
            System.setOut(before);
        }
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
