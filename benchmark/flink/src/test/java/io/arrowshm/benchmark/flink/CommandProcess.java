package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.cluster.FlinkJvmFlags;
import io.arrowshm.cluster.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs benchmark/run's commands as processes of their own.
 *
 * @param directory for what they write
 */
record CommandProcess(Path directory) {
    /** What a command that must succeed writes with --json. */
    JsonNode measured(String... arguments) throws IOException, InterruptedException {
        Path json = results();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json=" + json);
        assertThat(run(all.toArray(String[]::new)))
                .as("%s", Files.readAllLines(errors()))
                .isZero();
        return new ObjectMapper().readTree(json.toFile());
    }

    /** Returns the exit status. */
    int run(String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        try {
            return process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Does not wait for its end. */
    Process start(String... arguments) throws IOException {
        return JavaCommand.of(FlinkJvmFlags.inThisEnvironment(), Main.class, List.of(arguments))
                .redirectOutput(output().toFile())
                .redirectError(errors().toFile())
                .start();
    }

    /** Where {@link #measured} has it written. */
    Path results() {
        return directory.resolve("results.json");
    }

    Path output() {
        return directory.resolve("out");
    }

    Path errors() {
        return directory.resolve("err");
    }
}
