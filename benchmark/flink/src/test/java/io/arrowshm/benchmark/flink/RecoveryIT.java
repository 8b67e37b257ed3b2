package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecoveryIT {
    @TempDir
    private Path directory;

    @AfterEach
    void nothingIsLeft() {
        assertThat(Path.of("/dev/shm").toFile().list((shm, name) -> name.contains("recovery-")))
                .isEmpty();
    }

    @Test
    void memoryIsGivenBackAndJobsRunAgainAfterAKillOfEitherSide() throws Exception {
        CommandProcess command = new CommandProcess(directory);
        JsonNode cases = command.measured("recovery", "--kills=1", "--heartbeats=short")
                .path("recovery")
                .path("cases");
        assertThat(cases)
                .extracting(kind -> kind.path("exchange").asText() + " "
                        + kind.path("killed").asText())
                .containsExactly("reference receiver", "reference sender", "pojo receiver", "pojo sender");
        assertThat(cases).allSatisfy(kind -> {
            boolean isReference = kind.path("exchange").asText().equals("reference");
            assertThat(kind.path("runsAgainMs").path("median").asDouble()).isPositive();
            for (String figure : new String[] {"heldMebibytes", "heldBackMs", "inFlightMebibytes", "inFlightBackMs"}) {
                assertThat(kind.path(figure).path("median").asDouble() > 0)
                        .as(figure)
                        .isEqualTo(isReference);
            }
        });
        assertThat(Files.readString(command.output())).contains("reference", "pojo", "receiver", "sender");
    }

    @Test
    void badArgumentsAreOneLineAndNothingIsStarted() throws Exception {
        CommandProcess command = new CommandProcess(directory);
        for (String argument : new String[] {"--kills=0", "--heartbeats=none", "--nothing"}) {
            assertThat(command.run("recovery", argument)).as(argument).isEqualTo(2);
            assertThat(Files.readAllLines(command.errors()))
                    .as(argument)
                    .singleElement()
                    .asString()
                    .startsWith("error: ");
        }
    }
}
