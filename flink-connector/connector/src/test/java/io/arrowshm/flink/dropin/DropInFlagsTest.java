package io.arrowshm.flink.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drop-in mode in processes with the JVM flags of Flink's shipped configuration, and without them. */
class DropInFlagsTest {
    private static final long TIMEOUT_SECONDS = 120;
    private static final String SUM = "sum=" + DropInProcess.RECORDS * (DropInProcess.RECORDS - 1) / 2 + ", ";
    private static final PoolOptions POOL = PoolOptions.named(
                    "drop-in-flags-test-" + ProcessHandle.current().pid())
            .withSizeBytes(16 << 20);

    private SharedMemoryPool pool;

    @BeforeEach
    void openPool() {
        pool = SharedMemoryPool.open(POOL);
    }

    @AfterEach
    void removePool() {
        pool.close();
        assertThat(SharedMemoryPool.remove(POOL)).isTrue();
    }

    @Test
    void withFlinksFlagsArraysGoByReference(@TempDir Path directory) throws Exception {
        List<String> output = run(
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .filter(flag -> flag.startsWith("--add-"))
                        .toList(),
                directory);
        assertThat(output)
                .filteredOn(line -> line.startsWith(SUM))
                .singleElement()
                .satisfies(line -> assertThat(line).containsPattern("references=[1-9]"));
        assertThat(output).noneMatch(line -> line.contains("by value"));
    }

    @Test
    void withoutThemTheyGoByValueWithOneWarningThatNamesTheFlag(@TempDir Path directory) throws Exception {
        List<String> output = run(List.of(), directory);
        assertThat(output).contains(SUM + "references=null");
        assertThat(output)
                .filteredOn(line -> line.contains("All arrays go by value"))
                .singleElement()
                .satisfies(line ->
                        assertThat(line).contains("WARN").contains("--add-opens=java.base/java.lang=ALL-UNNAMED"));
    }

    private static List<String> run(List<String> flags, Path directory) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
        command.addAll(flags);
        command.addAll(
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", DropInProcess.class.getName(), POOL.name()));
        Path output = directory.resolve("output");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment()
                .put(
                        "CLASSPATH",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS))
                    .as("the process has ended")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(output);
        assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
        return lines;
    }
}
