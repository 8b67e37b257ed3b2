package io.arrowshm.notebooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The notebooks, as {@code notebooks/run --check} executes them. Without Python or cargo they are skipped. */
class NotebooksIT {
    private static final Path HERE = Path.of("").toAbsolutePath();

    @BeforeAll
    static void requireTools() throws IOException, InterruptedException {
        Tool.requirePython();
        Tool.require("there is no cargo: install Rust 1.88 or later", List.of("cargo", "--version"));
    }

    static Stream<String> notebooks() throws IOException {
        List<String> names;
        try (Stream<Path> files = Files.list(HERE)) {
            names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".ipynb"))
                    .sorted()
                    .toList();
        }
        assertThat(names).isNotEmpty();
        return names.stream();
    }

    @ParameterizedTest
    @MethodSource("notebooks")
    void itRunsFromTopToBottomAndLeavesNothing(String notebook) throws IOException, InterruptedException {
        String told = Tool.run(HERE, Map.of(), List.of(HERE.resolve("run").toString(), "--check", notebook));
        assertThat(told).contains(notebook + ": ok");
    }
}
