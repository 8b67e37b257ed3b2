package io.arrowshm.benchmark.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarksIT {
    @Test
    void everyBenchmarkRuns() throws IOException, InterruptedException {
        Path result = Path.of("target", "smoke.csv").toAbsolutePath();
        Path output = Path.of("target", "smoke.txt").toAbsolutePath();
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-"))
                .forEach(command::add);
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        command.addAll(List.of("-cp", classPath, "org.openjdk.jmh.Main"));
        // One fork, one iteration, the shortest time, the smallest size; the first failure ends it.
        command.addAll(List.of("-f", "1", "-wi", "0", "-i", "1", "-r", "1ms", "-p", "bytes=4096", "-foe", "true"));
        // Worker processes take seconds to start, and are tested elsewhere.
        command.addAll(List.of("-p", "context=threads"));
        command.addAll(List.of("-rf", "csv", "-rff", result.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor()).as(Files.readString(output)).isZero();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readAllLines(result)).hasSizeGreaterThan(1);
        assertThat(Path.of("/dev/shm").toFile().list((d, n) -> n.contains("benchmark-")))
                .isEmpty();
    }
}
