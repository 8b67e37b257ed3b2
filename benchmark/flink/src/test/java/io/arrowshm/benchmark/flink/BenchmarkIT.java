package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkIT {
    @TempDir
    private Path directory;

    private CommandProcess command;

    @BeforeEach
    void newCommand() {
        command = new CommandProcess(directory);
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(Path.of("/dev/shm").toFile().list((shm, name) -> name.contains("benchmark-")))
                .isEmpty();
    }

    @Test
    void everyExchangeMovesEveryArrayAndOnlyFlinksMoveThemOverTheNetwork() throws Exception {
        String every = Contestant.all().stream().map(Contestant::text).collect(Collectors.joining(","));
        JsonNode results = command.measured("--bytes=65536", "--only=" + every, "--rounds=1", "--seconds=1");
        assertThat(results.path("machine").path("cores").asInt()).isPositive();
        assertThat(results.path("comparisons")).hasSize(1);
        for (JsonNode comparison : results.path("comparisons")) {
            long bytes = comparison.path("bytes").asLong();
            JsonNode exchanges = comparison.path("exchanges");
            assertThat(exchanges).hasSize(Contestant.all().size());
            exchanges.properties().forEach(exchange -> {
                JsonNode run = exchange.getValue().path("median");
                assertThat(run.path("arraysPerSecond").asDouble())
                        .as(exchange.getKey())
                        .isPositive();
                assertThat(run.path("cpuSecondsPerGigabyte").asDouble())
                        .as(exchange.getKey())
                        .isPositive();
                if (!exchange.getKey().equals("drop-in") && !exchange.getKey().equals("reference")) {
                    assertThat(run.path("networkBytesPerArray").asDouble())
                            .as(exchange.getKey())
                            .isGreaterThan((double) bytes);
                }
            });
            assertThat(exchanges
                            .path("reference")
                            .path("median")
                            .path("networkBytesPerArray")
                            .asDouble())
                    .isLessThan(bytes / 2.0);
        }
    }

    @Test
    void arraysArePassedOnAndReadBySeveralConsumers() throws Exception {
        Path page = directory.resolve("page.html");
        JsonNode results = command.measured(
                "--bytes=8192,65536",
                "--html=" + page,
                "--only=reference,pojo",
                "--hops=2",
                "--consumers=2",
                "--reads=all",
                "--rounds=1",
                "--seconds=1");
        JsonNode comparison = results.path("comparisons").path(0);
        assertThat(comparison.path("load").path("hops").asInt()).isEqualTo(2);
        assertThat(comparison.path("load").path("consumers").asInt()).isEqualTo(2);
        assertThat(comparison.path("load").path("reads").asText()).isEqualTo("ALL");
        assertThat(comparison.path("exchanges")).hasSize(2);
        assertThat(Files.readString(page)).contains("64 KiB", "<svg", "</html>").doesNotContain("NaN");
    }

    @Test
    void whoeverIsInterruptedGoesOnWhereItStopped() throws Exception {
        String[] arguments = {
            "--full", "--questions=latency,memory", "--only=reference", "--bytes=65536", "--rounds=1", "--seconds=1"
        };
        JsonNode all = command.measured(arguments);
        JsonNode latency = all.path("comparisons").path(0);
        assertThat(latency.path("exchanges")
                        .path("reference")
                        .path("median")
                        .path("latency")
                        .path("p50Micros")
                        .asDouble())
                .isPositive();
        JsonNode memory = all.path("comparisons").path(2);
        assertThat(memory.path("load").path("consumers").asInt()).isEqualTo(4);
        assertThat(memory.path("exchanges")
                        .path("reference")
                        .path("median")
                        .path("memory")
                        .path("poolBytes")
                        .asLong())
                .isGreaterThan(65_536);

        ((ArrayNode) all.path("comparisons")).remove(0);
        Files.writeString(command.results(), all.toString());
        JsonNode again = command.measured(arguments);
        assertThat(again.path("comparisons")).hasSize(3);
        // What was there is taken over, and only the rest is measured.
        assertThat(again.path("comparisons").path(0))
                .isEqualTo(all.path("comparisons").path(0));
        assertThat(again.path("comparisons").path(2).path("question").asText()).isEqualTo("LATENCY");

        assertThat(command.run("page", command.results().toString(), "--png=" + directory.resolve("plots")))
                .isZero();
        assertThat(Files.readString(command.output())).contains("p99.9", "MiB in all");
    }

    @Test
    void badArgumentsAreOneLineAndNothingIsStarted() throws Exception {
        for (String argument : List.of(
                "--bytes=12",
                "--only=pigeon",
                "--questions=why",
                "--full",
                "--hops=9",
                "--rounds=0",
                "--seconds=0",
                "--rate=-1",
                "--nothing")) {
            assertThat(command.run(argument)).as(argument).isEqualTo(2);
            assertThat(Files.readAllLines(command.errors()))
                    .as(argument)
                    .singleElement()
                    .asString()
                    .startsWith("error: ");
        }
    }
}
