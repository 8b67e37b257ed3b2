package io.arrowshm.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NotebooksTest {
    static Stream<String> notebooks() throws IOException {
        return NotebooksIT.notebooks();
    }

    /** So that a change shows in their source, and nobody reads figures of another machine as his own. */
    @ParameterizedTest
    @MethodSource("notebooks")
    void itIsKeptWithoutOutputs(String notebook) throws IOException {
        String text = Files.readString(Path.of(notebook));
        assertThat(text).contains("\"outputs\": []");
        assertThat(text.replace("\"outputs\": []", "")).doesNotContain("\"outputs\"");
    }
}
