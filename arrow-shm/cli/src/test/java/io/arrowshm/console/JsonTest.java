package io.arrowshm.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonTest {
    record Found(double median, List<Double> runs) {}

    @TempDir
    private Path directory;

    @Test
    void recordsAreWrittenAsTheyAre() throws Exception {
        Path file = directory.resolve("spread.json");
        Json.write(file, new Found(2, List.of(2.0, 1.0)));
        JsonNode read = new ObjectMapper().readTree(file.toFile());
        assertThat(read.path("median").asDouble()).isEqualTo(2);
        assertThat(read.path("runs")).hasSize(2);
    }

    @Test
    void aFileIsReplacedAsAWholeAndALinkIsWrittenThrough() throws Exception {
        Path file = Files.writeString(directory.resolve("file.json"), "what there was before");
        Path link = Files.createSymbolicLink(directory.resolve("link.json"), file);

        Json.write(file, List.of(1));
        assertThat(file).hasContent("[ 1 ]");
        Json.write(link, List.of(2));
        assertThat(file).hasContent("[ 2 ]");

        assertThat(link).isSymbolicLink();
        assertThat(directory).isDirectoryNotContaining(path -> path.toString().endsWith(".part"));
    }

    @Test
    void aFileThatCannotBeWrittenIsTheUsersError() {
        assertThatThrownBy(() -> Json.write(directory, "something"))
                .isInstanceOf(UserErrorException.class)
                .hasMessageContaining("--json=" + directory);
    }
}
