package io.arrowshm.benchmark.e2e.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.jobs.console.UserErrorException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonFileTest {
    @TempDir
    private Path directory;

    @Test
    void recordsAreWrittenAsTheyAre() throws Exception {
        Path file = directory.resolve("spread.json");
        JsonFile.write(file, Spread.of(List.of(2.0, 1.0)));
        JsonNode read = new ObjectMapper().readTree(file.toFile());
        assertThat(read.path("median").asDouble()).isEqualTo(2);
        assertThat(read.path("runs")).hasSize(2);
    }

    @Test
    void aFileThatCannotBeWrittenIsTheUsersError() {
        assertThatThrownBy(() -> JsonFile.write(directory, "something"))
                .isInstanceOf(UserErrorException.class)
                .hasMessageContaining("--json " + directory);
    }
}
