package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.console.UserErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultsFileTest {
    /** Relative to this module, in which Maven runs its tests. */
    private static final Path PUBLISHED = Path.of("../results");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"reference", "sizes", "jobs", "latency", "tuned"})
    void publishedResultsAreReadAndWrittenAgainAsTheyWere(String name) throws IOException {
        Path published = PUBLISHED.resolve(name + ".json");
        Path written = directory.resolve("written.json");
        new ResultsFile(written).write(new ResultsFile(published).read());
        assertThat(json(written)).isEqualTo(json(published));
    }

    @Test
    void everyQuestionIsReadAsItWasWritten() {
        for (Question question : Questions.ALL) {
            ResultsFile file = new ResultsFile(directory.resolve(question.name()));
            Comparison written = Measured.rates(question, Load.of(1).with(load -> load.bytes = 64), 7, 3);
            file.write(new Results(Measured.MACHINE, List.of(written)));
            assertThat(file.exists()).isTrue();
            Results read = file.read();
            assertThat(read.machine()).isEqualTo(Measured.MACHINE);
            assertThat(read.comparisons()).singleElement().satisfies(comparison -> {
                assertThat(comparison.question()).isSameAs(question);
                assertThat(comparison.load()).isEqualTo(written.load());
                assertThat(comparison.contestants()).isEqualTo(written.contestants());
                assertThat(comparison.memoryCopies()).isEqualTo(written.memoryCopies());
                assertThat(comparison.median(Contestant.REFERENCE)).isEqualTo(Measured.atRate(7));
            });
        }
    }

    @Test
    void whatIsNoFileOfResultsIsRefusedWithItsNameAndTheRemedy() throws IOException {
        for (String text : List.of("", "{", "{}", "{\"machine\": {}, \"comparisons\": [{\"question\": \"WHY\"}]}")) {
            Path file = Files.writeString(directory.resolve("other.json"), text);
            assertThatThrownBy(() -> new ResultsFile(file).read())
                    .as(text)
                    .isInstanceOf(UserErrorException.class)
                    .hasMessageContaining("other.json")
                    .hasMessageContaining("give the name of another file");
        }
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }
}
