package io.arrowshm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void helpNamesEveryOption() {
        assertThat(run("images", "--help")).isZero();
        assertThat(out.toString())
                .contains("--exchange", "--compare", "--data", "--task-managers", "--parallelism", "--batch")
                .contains("--repeat", "--reads", "--pool-size", "--slow-ms", "--dump-first", "--keep", "--json")
                .contains("--means");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "list"})
    void jobsAreListedWithALineEach(String commandLine) {
        assertThat(run(commandLine.isEmpty() ? new String[0] : new String[] {commandLine}))
                .isZero();
        assertThat(out.toString().lines()).allMatch(line -> line.endsWith("."));
        assertThat(out.toString().lines().map(line -> line.substring(0, line.indexOf(' '))))
                .containsExactly(
                        "images",
                        "first-array",
                        "partitioned-by-key",
                        "windows-over-copies",
                        "dataset-in-and-out",
                        "drop-in-on-an-unchanged-job",
                        "numpy-step",
                        "metrics-and-options",
                        "triple",
                        "add-one",
                        "two-arrays",
                        "frames");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void anUnknownJobIsAnsweredWithThoseThereAre() {
        assertThat(run("videos")).isEqualTo(2);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("error: there is no job videos, allowed: images, first-array,"
                        + " partitioned-by-key, windows-over-copies, dataset-in-and-out, drop-in-on-an-unchanged-job,"
                        + " numpy-step, metrics-and-options, triple, add-one, two-arrays, frames");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "videos",
                "first-array --no-such-option",
                "list more",
                "triple --workers 0",
                "triple --workers 65",
                "triple --workers many",
                "frames --context cloud",
                "add-one --context serial --json no/such/directory/result.json",
                "images --no-such-option",
                "images --batch 0",
                "images --batch 100001",
                "images --batch many",
                "images --parallelism 0",
                "images --task-managers 0",
                "images --repeat 0",
                "images --slow-ms -1",
                "images --pool-size 0",
                "images --pool-size large",
                "images --pool-size 99999999999T",
                "images --reads column",
                "images --exchange pigeon",
                "images --exchange flink --compare",
                "images --exchange flink --dump-first first.arrow",
                "images --exchange flink --means /",
                "images --exchange flink --json no/such/directory/result.json",
                "images --exchange flink --data no/such/directory"
            })
    void wrongInputIsOneLineAndStatusTwo(String commandLine) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(commandLine.split(" ")));
        arguments.removeIf(String::isEmpty);
        if (!commandLine.contains("--means") && commandLine.startsWith("images")) {
            arguments.add("--means=" + directory.resolve("means.png"));
        }
        assertThat(run(arguments.toArray(new String[0]))).isEqualTo(2);
        assertThat(err.toString()).startsWith("error: ").hasLineCount(1);
        assertThat(out.toString()).isEmpty();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aDamagedFileIsRefusedBeforeAnythingStarts() throws IOException {
        Files.writeString(directory.resolve("train-images-idx3-ubyte.gz"), "not gzip");
        assertThat(run("images", "--exchange", "flink", "--data", directory.toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .hasLineCount(1)
                .contains("train-images-idx3-ubyte.gz: not a gzip file, allowed is IDX compressed by gzip");
        assertThat(out.toString()).isEmpty();
    }

    private int run(String... arguments) {
        return Main.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    }
}
