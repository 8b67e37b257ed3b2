package io.arrowshm.jobs.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ImagesCommandIT {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();

    @ParameterizedTest(name = "batches of {0}, {1} workers, {2} TaskManagers")
    @CsvSource({"7,1,2", "1000,3,3", "10000,2,1"})
    void flinksExchangeGivesTheKnownAnswerOverProcesses(int batch, int parallelism, int taskManagers)
            throws IOException {
        JsonNode json = run(
                "flink",
                "--batch=" + batch,
                "--parallelism=" + parallelism,
                "--task-managers=" + taskManagers,
                "--repeat=2");
        assertThat(json.path("exchange").asText()).isEqualTo("flink");
        assertThat(json.path("taskManagers").asInt()).isEqualTo(taskManagers);
        assertThat(json.path("images").asLong()).isEqualTo(20_000);
        assertThat(json.path("correct").asLong()).isEqualTo(ImageTestData.BUNDLED_CORRECT);
        assertThat(json.path("total").asLong()).isEqualTo(2_000);
        assertThat(json.path("pixelSum").asLong()).isEqualTo(ImageTestData.BUNDLED_PIXEL_SUM);
        assertThat(json.path("byValue")).isEqualTo(json.path("batches"));
        assertThat(json.path("references").asLong()).isZero();
        long payloadBytes = json.path("payloadBytes").asLong();
        if (taskManagers == 1) {
            assertThat(json.path("networkBytes").asLong()).isZero();
        } else {
            assertThat(json.path("networkBytes").asLong()).isBetween(payloadBytes, payloadBytes * 2);
        }
        assertThat(directory.resolve("means.png")).isNotEmptyFile();
        assertThat(out.toString()).contains("Flink's web UI: http://127.0.0.1:", "1,381 of 2,000, 69.05 %");
    }

    @Test
    void theFullSetGivesTheKnownAnswerOverProcesses() throws IOException {
        JsonNode json = run("flink", "--data=" + ImageTestData.fullSet(), "--batch=1338");
        assertThat(json.path("correct").asLong()).isEqualTo(ImageTestData.FULL_CORRECT);
        assertThat(json.path("total").asLong()).isEqualTo(10_000);
        assertThat(json.path("pixelSum").asLong()).isEqualTo(ImageTestData.FULL_TRAIN_PIXEL_SUM);
    }

    @Test
    void dropInModeGivesTheKnownAnswerWithMostArraysByReference() throws IOException {
        JsonNode json = run("drop-in", "--batch=1000", "--repeat=50");
        assertThat(json.path("exchange").asText()).isEqualTo("drop-in");
        assertThat(json.path("correct").asLong()).isEqualTo(ImageTestData.BUNDLED_CORRECT);
        assertThat(json.path("pixelSum").asLong()).isEqualTo(ImageTestData.BUNDLED_PIXEL_SUM);
        // Pixels, that is: the other arrays of a batch are small.
        assertThat(json.path("references").asLong())
                .isGreaterThan(json.path("batches").asLong() / 2);
        assertThat(json.path("networkBytes").asLong())
                .isLessThan(json.path("payloadBytes").asLong() / 2);
    }

    @Test
    void readingTheFirstImageLeavesTheAnswerOut() throws IOException {
        JsonNode json = run("flink", "--reads=first", "--batch=1338");
        assertThat(json.path("images").asLong()).isEqualTo(10_000);
        assertThat(json.path("correct").isNull()).isTrue();
        assertThat(json.path("accuracy").isNull()).isTrue();
        assertThat(json.path("pixelSum").isNull()).isTrue();
        assertThat(directory.resolve("means.png")).doesNotExist();
    }

    private JsonNode run(String exchange, String... arguments) throws IOException {
        Path json = directory.resolve("result.json");
        StringWriter err = new StringWriter();
        int status = new CommandLine(new ImagesCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(allOf(exchange, arguments, json));
        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        JsonNode result = new ObjectMapper().readTree(Files.readString(json));
        assertThat(result.path("segmentsLeft").asLong()).isZero();
        assertThat(result.path("processesLeft").asLong()).isZero();
        return result;
    }

    private String[] allOf(String exchange, String[] arguments, Path json) {
        String[] all = new String[arguments.length + 3];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--exchange=" + exchange;
        all[arguments.length + 1] = "--json=" + json;
        all[arguments.length + 2] = "--means=" + directory.resolve("means.png");
        return all;
    }
}
