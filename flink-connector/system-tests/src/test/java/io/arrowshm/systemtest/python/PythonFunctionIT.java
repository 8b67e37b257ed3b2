package io.arrowshm.systemtest.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentSize;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.TestClusters;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.python.PythonFunction;
import io.arrowshm.interop.PythonPackage;
import io.arrowshm.systemtest.KeptPool;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Functions of Python on a cluster of two TaskManagers. */
class PythonFunctionIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int PARALLELISM = 2;
    private static final int NUMBERS = 20;
    private static final int VALUES = 1_000;
    private static final PoolOptions POOL = PoolOptions.named(
                    "python-" + ProcessHandle.current().pid())
            .withSizeBytes(16 << 20)
            .withSlots(1024);
    private static final Schema SCHEMA = new Schema(List.of(Field.notNullable("number", new ArrowType.Int(64, true))));

    @RegisterExtension
    static final KeptPool KEPT_POOL = new KeptPool(POOL);

    private static PythonPackage python;
    private static LocalCluster cluster;

    @TempDir
    private static Path modules;

    @TempDir
    private Path marks;

    private SharedMemoryPool pool;

    @BeforeAll
    static void start() throws Exception {
        python = PythonPackage.install();
        try (InputStream kernels = PythonFunctionIT.class.getResourceAsStream("kernels.py")) {
            Files.copy(kernels, modules.resolve("kernels.py"));
        }
        cluster = LocalCluster.start(TestClusters.of(PythonFunctionIT.class)
                .taskManagers(2, TestClusters.TASK_MANAGER.withSlots(PARALLELISM))
                .build());
        cluster.awaitTaskManagers(TIMEOUT);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
            assertThat(SharedMemoryPool.remove(POOL)).isTrue();
        }
    }

    @BeforeEach
    void open() {
        pool = SharedMemoryPool.open(POOL);
    }

    @AfterEach
    void nothingIsLeft() {
        try (SharedMemoryPool looked = pool) {
            Await.until(
                    "the pool is empty, and no process of Python is left",
                    TIMEOUT,
                    () -> looked.statistics().segments() == 0 && pythons().isEmpty(),
                    () -> looked.statistics() + " " + pythons());
        }
    }

    @Test
    void arraysAreReadInPlaceAndResultsAreSegmentsOfThePool() throws Exception {
        assertThat(firstValues(arrays().mapPython(function("doubled_in_place"))))
                .containsExactlyInAnyOrderElementsOf(expected(2));
    }

    @Test
    void tablesAreReadInPlaceAndWhatIsNoneIsLeftOut() throws Exception {
        Schema withSquares =
                new Schema(List.of(SCHEMA.getFields().get(0), Field.nullable("square", new ArrowType.Int(64, true))));
        SegmentStream tables = SegmentStream.make(
                        environment().fromSequence(1, NUMBERS),
                        POOL,
                        SCHEMA,
                        SegmentSize.of(SCHEMA, VALUES),
                        (number, writer) -> {
                            BigIntVector vector = (BigIntVector) writer.root().getVector(0);
                            vector.allocateNew();
                            for (int i = 0; i < VALUES; i++) {
                                vector.set(i, number + i);
                            }
                            writer.root().setRowCount(VALUES);
                        })
                .rebalance()
                .mapPython(function("with_squares"), withSquares);
        List<Long> squares =
                collect(tables, segment -> ((BigIntVector) segment.root().getVector("square")).get(VALUES - 1));
        assertThat(squares)
                .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(1, NUMBERS)
                        .filter(number -> number % 2 == 0)
                        .mapToObj(number -> (number + VALUES - 1) * (number + VALUES - 1))
                        .toList());
    }

    @Test
    void anObjectLivesAsLongAsItsSubtaskAndWhatItPrintsIsInTheLog() throws Exception {
        List<Long> seen = collect(
                arrays().mapPython(function("Counter")),
                segment -> segment.array().getLong(0));
        assertThat(seen)
                .containsExactlyInAnyOrderElementsOf(Stream.iterate(1L, n -> n + 1)
                        .limit(NUMBERS / PARALLELISM)
                        .flatMap(n -> Stream.of(n, n))
                        .toList());
        Await.until(
                "what the objects have said is in the logs",
                TIMEOUT,
                () -> logs().contains("kernels:Counter, process") && logs().contains(": a counter has seen 10"),
                PythonFunctionIT::logs);
    }

    @Test
    void whatAFunctionRaisesIsThePythonExceptionWithItsTraceback() {
        assertThatThrownBy(() -> firstValues(arrays().mapPython(function("refuses_seven"))))
                .hasStackTraceContaining("kernels:refuses_seven: ValueError: seven is not wanted")
                .hasStackTraceContaining("kernels.py\", line")
                .hasStackTraceContaining("in refuses_seven");
    }

    @Test
    void aFunctionThatIsNotThereIsNamedBeforeAnySegmentComes() {
        assertThatThrownBy(() -> firstValues(arrays().mapPython(function("absent"))))
                .hasStackTraceContaining("cannot have kernels:absent of " + python.interpreter())
                .hasStackTraceContaining("module 'kernels' has no attribute 'absent'");
        assertThatThrownBy(() -> firstValues(arrays().mapPython(function("f").withInterpreter("/no/python"))))
                .hasStackTraceContaining("cannot start /no/python for kernels:f: give an interpreter");
        assertThatThrownBy(() -> firstValues(arrays().mapPython(function("f").withInterpreter("/bin/false"))))
                .hasStackTraceContaining("it has ended with status 1; is the package arrow-shm installed there?");
    }

    @Test
    void aResultOfAnotherSchemaIsRefused() {
        assertThatThrownBy(() -> firstValues(arrays().mapPython(function("table_of_texts"), SCHEMA)))
                .hasStackTraceContaining(
                        "kernels:table_of_texts has returned [text: Utf8], allowed is [number: Int(64, true) not null]");
        assertThatThrownBy(() -> firstValues(arrays().mapPython(function("doubled_in_place"), SCHEMA)))
                .hasStackTraceContaining("kernels:doubled_in_place has returned <f8 [1000], allowed is [number");
    }

    @Test
    void resultsForWhichThereIsNoRoomGoByValue() throws Exception {
        assertThat(firstValues(arrays().mapPython(function("large")))).containsExactlyInAnyOrderElementsOf(expected(1));
    }

    @Test
    void withoutAPoolAllGoesByValue() throws Exception {
        PoolOptions absent = POOL.withDirectory("/proc/no-such-directory");
        SegmentStream stream = SegmentStream.makeArrays(
                        environment().fromSequence(1, NUMBERS),
                        absent,
                        number -> ArraySpec.of(DType.FLOAT64, VALUES),
                        (number, array) -> array.fill((double) number))
                .rebalance()
                .mapPython(function("refuses_seven").withVariable("POOL", "none"));
        assertThatThrownBy(() -> firstValues(stream)).hasStackTraceContaining("ValueError: seven is not wanted");
    }

    @Test
    void aProcessThatIsKilledIsReplacedAndGetsTheSegmentAgain() throws Exception {
        assertThat(firstValues(arrays().mapPython(function("killed_at_three").withRetries(1))))
                .containsExactlyInAnyOrderElementsOf(expected(1));
    }

    @Test
    void withoutRetriesAKilledProcessFailsTheTask() {
        assertThatThrownBy(() -> firstValues(arrays().mapPython(function("always_killed"))))
                .hasStackTraceContaining(
                        "of kernels:always_killed was killed by signal 9; it said last:\nthis is the end; it was "
                                + "working on a segment of ");
    }

    @Test
    void aProcessThatTakesTooLongIsEndedAndReplaced() throws Exception {
        PythonFunction slow =
                function("slow_at_three").withTimeout(Duration.ofSeconds(3)).withRetries(1);
        assertThat(firstValues(arrays().mapPython(slow))).containsExactlyInAnyOrderElementsOf(expected(1));
    }

    @Test
    void aJobIsCancelledWhileItsFunctionHangs() throws Exception {
        JobClient job = submit(arrays().mapPython(function("hangs")), 0);
        Await.until(
                "the function hangs",
                TIMEOUT,
                () -> marks("hangs-").size() == PARALLELISM,
                () -> marks("hangs-").toString());
        job.cancel().get();
        Await.until(
                "no process is left",
                TIMEOUT,
                () -> pythons().isEmpty(),
                () -> pythons().toString());
    }

    @Test
    void aKilledTaskManagerLeavesNoProcessAndTheJobGoesOn() throws Exception {
        JobClient job = submit(arrays().mapPython(function("waits_for_the_gate")), 100);
        Await.until(
                "both wait",
                TIMEOUT,
                () -> marks("process-").size() == PARALLELISM,
                () -> marks("process-").toString());
        List<Long> before = marks("process-");
        for (int killed = 0; killed < PARALLELISM; killed++) {
            cluster.killTaskManager(killed);
        }
        Await.until(
                "what belonged to them has ended",
                TIMEOUT,
                () -> before.stream().noneMatch(pid -> ProcessHandle.of(pid).isPresent()),
                () -> pythons().toString());
        for (int killed = 0; killed < PARALLELISM; killed++) {
            cluster.startTaskManager(killed);
        }
        cluster.awaitTaskManagers(TIMEOUT);
        Files.createFile(marks.resolve("gate"));
        job.getJobExecutionResult().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    private SegmentStream arrays() {
        return SegmentStream.makeArrays(
                        environment().fromSequence(1, NUMBERS),
                        POOL,
                        number -> ArraySpec.of(DType.FLOAT64, VALUES),
                        (number, array) -> array.fill((double) number))
                .rebalance();
    }

    private static StreamExecutionEnvironment environment() {
        StreamExecutionEnvironment environment = cluster.environment();
        environment.setParallelism(PARALLELISM);
        return environment;
    }

    private PythonFunction function(String name) {
        return PythonFunction.of("kernels:" + name)
                .withInterpreter(python.interpreter().toString())
                .withPath(modules.toString())
                .withVariable("POOL", pool.directory().toString())
                .withVariable("MARKS", marks.toString());
    }

    private static List<Double> expected(double factor) {
        return LongStream.rangeClosed(1, NUMBERS).mapToObj(n -> n * factor).toList();
    }

    private static List<Double> firstValues(SegmentStream stream) throws Exception {
        DataStream<Double> values = stream.map(segment -> segment.array().getDouble(0), Types.DOUBLE);
        return values.executeAndCollect(NUMBERS + 1);
    }

    private static List<Long> collect(SegmentStream stream, MapFunction<Segment, Long> value) throws Exception {
        return stream.map(value, Types.LONG).executeAndCollect(NUMBERS + 1);
    }

    private static JobClient submit(SegmentStream stream, int restarts) throws Exception {
        DataStream<Double> values = stream.map(segment -> segment.array().getDouble(0), Types.DOUBLE);
        values.getExecutionEnvironment()
                .configure(Configuration.fromMap(Map.of(
                        "restart-strategy.type", "fixed-delay",
                        "restart-strategy.fixed-delay.attempts", Integer.toString(restarts),
                        "restart-strategy.fixed-delay.delay", "200 ms")));
        values.sinkTo(new DiscardingSink<>());
        return values.getExecutionEnvironment().executeAsync();
    }

    /** Numbers of the processes that have left such a mark. */
    private List<Long> marks(String prefix) {
        List<Long> pids = new ArrayList<>();
        for (String name : marks.toFile().list()) {
            if (name.startsWith(prefix)) {
                pids.add(Long.parseLong(name.substring(prefix.length())));
            }
        }
        return pids;
    }

    /** Processes of functions of these modules. */
    private static List<String> pythons() {
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            return processes
                    .map(process -> process.info().commandLine().orElse(""))
                    .filter(command ->
                            command.contains(python.interpreter() + " ") && command.contains("arrow_shm._flink"))
                    .toList();
        }
    }

    /** What all TaskManagers have said so far. */
    private static String logs() {
        StringBuilder said = new StringBuilder();
        Path directory = Path.of("target", "it-logs", PythonFunctionIT.class.getSimpleName(), "cluster");
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".log")).toList()) {
                said.append(Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return said.toString();
    }
}
