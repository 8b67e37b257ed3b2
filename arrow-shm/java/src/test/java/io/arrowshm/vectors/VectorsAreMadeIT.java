package io.arrowshm.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.testing.Python;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The test vectors that are committed are those that their script makes. */
class VectorsAreMadeIT {
    @TempDir
    private Path directory;

    @Test
    void theScriptMakesWhatIsCommitted() throws Exception {
        Python.find().run(VectorFiles.DIRECTORY.resolve("make.py"), directory);
        assertThat(made(directory)).isEqualTo(made(VectorFiles.DIRECTORY)).isNotEmpty();
        for (String name : made(directory)) {
            Path committed = VectorFiles.DIRECTORY.resolve(name);
            if (name.endsWith(".json")) {
                assertThat(directory.resolve(name)).hasSameTextualContentAs(committed);
            } else {
                // How small they are made may differ from one version of zlib to the next.
                assertSameFiles(VectorFiles.archive(directory.resolve(name)), VectorFiles.archive(committed));
            }
        }
    }

    private static void assertSameFiles(Map<String, byte[]> made, Map<String, byte[]> committed) {
        assertThat(made.keySet()).isEqualTo(committed.keySet());
        made.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(committed.get(name)));
    }

    private static List<String> made(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".json") || name.endsWith(".zip"))
                    .sorted()
                    .toList();
        }
    }
}
