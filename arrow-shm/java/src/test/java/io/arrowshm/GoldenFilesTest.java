package io.arrowshm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.arrow.ArrowMemory;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compare.VectorEqualsVisitor;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.JsonFileReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files of Arrow's integration tests, adopted into a pool and compared with the JSON beside them. Another checkout of
 * apache/arrow-testing is named by -Darrow-testing=folder.
 */
class GoldenFilesTest {
    private static final Path CORPUS = Path.of(System.getProperty("arrow-testing", "src/test/resources/arrow-testing"));

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(4 << 20, 256);

    private SharedMemoryPool pool;

    @TempDir
    private Path directory;

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
    }

    @Test
    void everyGoldenFileHasTheValuesOfItsJson() throws IOException {
        long before = ArrowMemory.root().getAllocatedMemory();
        List<Path> files = goldenFiles(".json.gz", false);
        for (Path json : files) {
            Path file = Path.of(json.toString().replace(".json.gz", ".arrow_file"));
            try (Segment segment = adopt(file)) {
                check(file, segment, json);
            }
        }
        System.out.println(files.size() + " golden files have the values of their JSON");
        assertThat(ArrowMemory.root().getAllocatedMemory()).isEqualTo(before);
    }

    @Test
    void everyBigEndianFileIsRefusedForThat() throws IOException {
        for (Path file : goldenFiles(".arrow_file", true)) {
            assertThatThrownBy(() -> adopt(file))
                    .as("%s", file)
                    .isInstanceOf(SharedMemoryException.class)
                    .hasMessageContaining("big endian");
            Files.delete(pool.directory().resolve("incoming").resolve("golden"));
        }
    }

    private Segment adopt(Path file) throws IOException {
        Path incoming = pool.directory().resolve("incoming");
        Files.copy(file, incoming.resolve(".golden"));
        Files.move(incoming.resolve(".golden"), incoming.resolve("golden"));
        return pool.adopt("golden");
    }

    private void check(Path file, Segment segment, Path json) throws IOException {
        Path unzipped = directory.resolve("golden.json");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(json))) {
            Files.write(unzipped, in.readAllBytes());
        }
        try (BufferAllocator allocator = ArrowMemory.root().newChildAllocator("expected", 0, Long.MAX_VALUE);
                JsonFileReader reader = new JsonFileReader(unzipped.toFile(), allocator)) {
            assertThat(segment.schema()).as("%s", file).isEqualTo(reader.start());
            segment.validate();
            checkDictionaries(file, segment.dictionaries(), reader);
            int batch = 0;
            for (VectorSchemaRoot expected = reader.read(); expected != null; expected = reader.read(), batch++) {
                try (VectorSchemaRoot root = expected) {
                    VectorSchemaRoot actual = segment.root(batch);
                    assertThat(actual.getRowCount()).isEqualTo(root.getRowCount());
                    for (int i = 0; i < root.getFieldVectors().size(); i++) {
                        assertThat(VectorEqualsVisitor.vectorEquals(actual.getVector(i), root.getVector(i)))
                                .as(
                                        "%s, batch %d, %s",
                                        file, batch, root.getVector(i).getField())
                                .isTrue();
                    }
                }
            }
            assertThat(segment.batchCount()).as("%s", file).isEqualTo(batch);
        }
    }

    private static void checkDictionaries(Path file, DictionaryProvider actual, DictionaryProvider expected) {
        assertThat(actual.getDictionaryIds()).as("%s", file).isEqualTo(expected.getDictionaryIds());
        for (long id : expected.getDictionaryIds()) {
            assertThat(VectorEqualsVisitor.vectorEquals(
                            actual.lookup(id).getVector(), expected.lookup(id).getVector()))
                    .as("%s, dictionary %d", file, id)
                    .isTrue();
        }
    }

    private static List<Path> goldenFiles(String suffix, boolean bigEndian) throws IOException {
        List<Path> files = List.of();
        if (Files.isDirectory(CORPUS)) {
            try (Stream<Path> all = Files.walk(CORPUS)) {
                files = all.filter(file -> file.toString().endsWith(suffix)
                                && file.toString().contains("bigendian") == bigEndian)
                        .sorted()
                        .toList();
            }
        }
        if (files.isEmpty()) {
            String why = CORPUS.toAbsolutePath() + " has no golden files " + suffix
                    + "; -Darrow-testing names another folder";
            if ("true".equals(System.getenv("CI"))) {
                fail("with CI=true this must not be skipped: " + why);
            }
            abort(why);
        }
        return files;
    }
}
