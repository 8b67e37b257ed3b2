package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.testing.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesIT {
    @TempDir
    private Path directory;

    @Test
    void everyFormatIsReadInEveryWayAndNothingIsLeft() throws Exception {
        Tool.requirePython();
        Tool.require("no cargo, with which the Python package is built", List.of("cargo", "--version"));
        CommandProcess command = new CommandProcess(directory);
        Path page = directory.resolve("files.md");
        Process process = command.start(
                "files",
                "--quick",
                "--rounds=1",
                "--bytes=1MiB",
                "--module=../peers",
                "--page=" + page,
                "--json=" + command.results());
        assertThat(process.waitFor())
                .as("%s", Files.readAllLines(command.errors()))
                .isZero();
        JsonNode results = new ObjectMapper().readTree(command.results().toFile());
        JsonNode rates = results.path("gigabytesPerSecond");
        for (String format : List.of("hdf5", "hdf5-gzip", "npy", "parquet", "arrow", "csv")) {
            assertThat(rates.path(format).properties()).as(format).hasSizeGreaterThanOrEqualTo(5);
            assertThat(rates.path(format)).as(format).allSatisfy(FilesIT::assertMeasured);
        }
        assertThat(results.path("firstArraySeconds").properties()).hasSizeGreaterThanOrEqualTo(5);
        assertThat(results.path("firstArraySeconds")).allSatisfy(FilesIT::assertMeasured);
        assertThat(Files.readString(page)).contains("| hdf5-gzip | ", "| arrow-shm | ", "load average");
        String tag = "peers-" + process.pid();
        for (String place : List.of("/dev/shm", System.getProperty("java.io.tmpdir"))) {
            assertThat(Path.of(place).toFile().list((parent, name) -> name.endsWith(tag) || name.contains(tag + "-")))
                    .isEmpty();
        }
    }

    private static void assertMeasured(JsonNode spread) {
        assertThat(spread.path("runs")).as("%s", spread).hasSize(1);
        assertThat(spread.path("least").asDouble()).as("%s", spread).isPositive();
    }
}
