package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.cluster.Await;
import io.arrowshm.console.Console;
import io.arrowshm.console.Failures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersIT {
    /** Relative to this module, in which Maven runs its tests. */
    private static final String MODULE = "--module=../peers";

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void allThatNeedNoMoreThanNumpyAddOneAndTakeTurns() throws Exception {
        requirePython();
        List<String> contestants = List.of(
                "arrow-shm",
                "arrow-shm-shared",
                "arrow-shm-heap",
                "arrow-shm-sealed",
                "arrow-shm-in-place",
                "multiprocessing",
                "array-pool",
                "shared-memory",
                "shared-memory-kept",
                "array-pool-in-place");
        JsonNode results = results(contestants);
        assertThat(results.path("machine").path("cores").asInt()).isPositive();
        for (String contestant : contestants) {
            JsonNode result = results.path("contestants").path(contestant);
            assertThat(result.path("interpreter").asText()).as(contestant).isNotEmpty();
            for (String task : List.of("large", "small")) {
                assertThat(result.path(task).path("medianMs").asDouble())
                        .as(contestant + " " + task)
                        .isPositive();
            }
            assertThat(out.toString()).contains(" " + contestant + " ");
        }
        assertNothingIsLeft(ProcessHandle.current().pid());
    }

    @Test
    void thePythonPackageAddsOneInBothWays() throws Exception {
        requirePython();
        require("no cargo, with which the package is built", "cargo", "--version");
        List<String> contestants = List.of("arrow-shm-python", "arrow-shm-python-in-place");
        JsonNode results = results(contestants);
        assertThat(results.path("contestants").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyElementsOf(contestants);
        assertNothingIsLeft(ProcessHandle.current().pid());
    }

    @Test
    void aPeerThatDoesNotInstallIsListedWithItsReasonAndTheOthersRun() throws Exception {
        requirePython();
        Path requirements = Files.createDirectories(directory.resolve("src/main/python/requirements"));
        Files.writeString(requirements.resolve("joblib.txt"), "--no-index\njoblib==1.6.0\n");
        int status = run(
                "--module=" + directory,
                "--quick",
                "--rounds=1",
                "--doubles=10",
                "--arrays=1",
                "--only=joblib,arrow-shm-sealed");
        assertThat(status).as(err.toString()).isZero();
        assertThat(out.toString())
                .contains(" arrow-shm-sealed ")
                .containsPattern("joblib is absent: not installed: ERROR: .*joblib==1.6.0");
    }

    @Test
    void whatIsWrongWithTheArgumentsIsOneLine() {
        for (String argument : List.of(
                "--only=pigeon", "--rounds=0", "--doubles=0", "--arrays=0", "--python=/no/such/python", "--nothing")) {
            err.getBuffer().setLength(0);
            assertThat(run(MODULE, argument)).as(argument).isEqualTo(2);
            assertThat(err.toString().lines())
                    .as(argument)
                    .singleElement()
                    .asString()
                    .startsWith("error: ");
        }
        assertNothingIsLeft(ProcessHandle.current().pid());
    }

    @Test
    void stoppedInTheMiddleItLeavesNoProcessAndNothingInSharedMemory() throws Exception {
        requirePython();
        CommandProcess process = new CommandProcess(directory);
        for (String contestant : List.of("arrow-shm-in-place", "shared-memory")) {
            Process command =
                    process.start("peers", MODULE, "--rounds=1000", "--doubles=1000000", "--only=" + contestant);
            try {
                Await.until(
                        contestant + " at work",
                        TIMEOUT,
                        () -> !left(command.pid()).isEmpty(),
                        () -> output(process));
                List<ProcessHandle> all = command.descendants().toList();
                assertThat(all).isNotEmpty();
                command.destroy();
                Await.until(contestant + " stopped", TIMEOUT, () -> !command.isAlive(), () -> output(process));
                Await.until(
                        "the end of what it started",
                        TIMEOUT,
                        () -> all.stream().noneMatch(ProcessHandle::isAlive),
                        all::toString);
                assertNothingIsLeft(command.pid());
            } finally {
                command.destroyForcibly();
            }
        }
    }

    /** Of one run of each. */
    private JsonNode results(List<String> contestants) throws IOException {
        Path json = directory.resolve("peers.json");
        int status = run(
                MODULE,
                "--quick",
                "--rounds=1",
                "--doubles=100001",
                "--arrays=300",
                "--only=" + String.join(",", contestants),
                "--json=" + json);
        assertThat(status).as(err.toString()).isZero();
        JsonNode results = new ObjectMapper().readTree(json.toFile());
        assertThat(results.path("absent").properties()).isEmpty();
        return results;
    }

    private static String output(CommandProcess process) {
        try {
            return Files.readString(process.output()) + Files.readString(process.errors());
        } catch (IOException e) {
            return e.toString();
        }
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of("peers"));
        all.addAll(List.of(arguments));
        return new Console(Failures.ofThisProcess())
                .run(
                        new BenchmarkCommand(),
                        all.toArray(String[]::new),
                        new PrintWriter(out, true),
                        new PrintWriter(err, true));
    }

    private static List<String> left(long pid) {
        String tag = "peers-" + pid;
        return List.of(SHARED_MEMORY.toFile().list((shm, name) -> name.contains(tag + "-") || name.endsWith(tag)));
    }

    private static void assertNothingIsLeft(long pid) {
        assertThat(left(pid)).isEmpty();
    }

    private static void requirePython() throws InterruptedException {
        require("no python3 with the module venv", "python3", "-c", "import venv, ensurepip");
    }

    private static void require(String without, String... command) throws InterruptedException {
        String why = without;
        try {
            if (new ProcessBuilder(command).start().waitFor() == 0) {
                return;
            }
        } catch (IOException e) {
            why += ": " + e.getMessage();
        }
        if ("true".equals(System.getenv("CI"))) {
            fail("with CI=true this must not be skipped: " + why);
        }
        abort(why);
    }
}
