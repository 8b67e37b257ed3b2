package io.arrowshm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.cluster.Await;
import io.arrowshm.console.Console;
import io.arrowshm.map.ProcessOptions;
import io.arrowshm.map.Shm;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The examples of parallel maps: their results in processes, and the command of one of them. */
class MapExamplesIT {
    @RegisterExtension
    static final TestPool POOL = TestPool.ofBytes(512 << 20);

    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private static Shm shm;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startWorkers() {
        POOL.pool();
        shm = Shm.processes(ProcessOptions.of(POOL.options(), 2).withHeapMb(256));
    }

    @AfterAll
    static void endWorkers() {
        shm.close();
    }

    static List<MapExample> examples() {
        return MapExample.ALL;
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theResultIsTheSerialOne(MapExample example) throws Exception {
        Map<String, Object> figures = example.program().run(shm);
        assertThat(figures).containsEntry("identical", true).containsKey("seconds");
    }

    @Test
    void aCommandAnswersInJsonAndLeavesNothing() throws Exception {
        Path sharedMemory = CommandProcess.newSharedMemory();
        try (CommandProcess command = CommandProcess.startJob(
                directory, sharedMemory, "two-arrays", List.of("--context=threads", "--workers=3", "--json"))) {
            assertThat(command.awaitExit()).as(command::toString).isZero();
            JsonNode answer = new ObjectMapper().readTree(command.out());
            assertThat(answer.path("identical").asBoolean()).isTrue();
            assertThat(answer.path("workers").asInt()).isEqualTo(3);
            assertThat(answer.path("context").asText()).isEqualTo("threads");
            assertThat(answer.path("cpu").isArray()).isTrue();
            assertNothingLeft(command);
        } finally {
            CommandProcess.delete(sharedMemory);
        }
    }

    @Test
    void anInterruptedExampleLeavesNothing() throws Exception {
        Path sharedMemory = CommandProcess.newSharedMemory();
        try (CommandProcess command = CommandProcess.startJob(directory, sharedMemory, "triple", List.of())) {
            Await.until(
                    "the cluster is starting", TIMEOUT, () -> command.children().size() == 3, command::toString);
            command.signalGroup("INT");
            assertThat(command.awaitExit()).as(command::toString).isEqualTo(Console.EXIT_INTERRUPTED);
            assertThat(command.err()).isEmpty();
            assertNothingLeft(command);
            Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            String[] contexts = Path.of("/tmp/arrow-shm-" + user).toFile().list();
            assertThat(contexts == null ? List.of() : List.of(contexts))
                    .noneMatch(name -> name.toString().startsWith("triple-"));
        } finally {
            CommandProcess.delete(sharedMemory);
        }
    }

    private static void assertNothingLeft(CommandProcess command) throws IOException {
        command.awaitNoProcess();
        assertThat(command.sharedFiles()).isEmpty();
        assertThat(command.temporaryFiles()).isEmpty();
    }
}
