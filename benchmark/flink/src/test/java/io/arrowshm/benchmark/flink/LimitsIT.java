package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitsIT {
    @TempDir
    private Path directory;

    @AfterEach
    void nothingIsLeft() {
        assertThat(Path.of("/dev/shm").toFile().list((shm, name) -> name.contains("limits-")))
                .isEmpty();
        assertThat(ProcessHandle.allProcesses().filter(LimitsIT::isOurs)).isEmpty();
    }

    @Test
    void everyLimitIsMeasuredAndShown() throws Exception {
        CommandProcess command = new CommandProcess(directory);
        JsonNode results = command.measured("limits", "--quick", "--rounds=1");
        assertThat(results.path("machine").path("cores").asInt()).isPositive();
        JsonNode limits = results.path("limits");
        assertThat(limits.path("memoryCopies")).hasSize(4).allSatisfy(copies -> {
            assertMeasured(copies.path("warm"));
            assertMeasured(copies.path("uncached"));
            assertMeasured(copies.path("cold"));
        });
        for (String figure :
                new String[] {"loopbackGigabytesPerSecond", "handOverNanos", "handOverP99Nanos", "flinkRecordsPerSecond"
                }) {
            assertMeasured(limits.path(figure));
        }
        assertThat(limits.path("references")).hasSize(2).allSatisfy(references -> {
            assertMeasured(references.path("perSecond"));
            assertThat(references.path("perFlinkRecord").asDouble()).isPositive();
        });
        assertThat(Files.readString(command.output())).contains("loopback TCP", "references", "of Flink's records");
    }

    private static void assertMeasured(JsonNode spread) {
        assertThat(spread.path("runs")).as("%s", spread).hasSize(1);
        assertThat(spread.path("least").asDouble()).as("%s", spread).isPositive();
    }

    private static boolean isOurs(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains("benchmark.flink.limits");
    }
}
