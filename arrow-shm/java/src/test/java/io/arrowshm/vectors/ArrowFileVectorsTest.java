package io.arrowshm.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.testing.TestPool;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrow files, and what becomes one, that others wrote, adopted into a pool; and what is in them. */
class ArrowFileVectorsTest {
    private static final Map<String, byte[]> FILES = new HashMap<>(VectorFiles.archive("arrow-files.zip"));

    static {
        FILES.putAll(VectorFiles.files("foreign"));
    }

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(8 << 20, 256);

    @ParameterizedTest
    @ValueSource(strings = {"arrow-files.json", "foreign/expected.json"})
    void everyFileHasItsSchemaAndItsValues(String cases) throws IOException {
        int files = 0;
        for (JsonNode expected : VectorFiles.json(cases)) {
            if (!expected.has("errors")) {
                try (Segment segment = adopt(expected)) {
                    check(segment, expected);
                }
                files++;
            }
        }
        assertThat(files).isGreaterThan(12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"arrow-files.json", "foreign/expected.json"})
    void whatIsNoneIsRefusedAndStaysWithTheReasonBesideIt(String cases) {
        for (JsonNode expected : VectorFiles.json(cases)) {
            if (expected.has("errors")) {
                Errors.assertRefused(expected, () -> adopt(expected).close());
                Path file = incoming(expected.get("file").asText());
                assertThat(file).exists();
                assertThat(Path.of(file + ".refused")).isNotEmptyFile();
            }
        }
    }

    private Path incoming(String name) {
        return testPool.pool().directory().resolve("incoming").resolve(name);
    }

    private Segment adopt(JsonNode expected) throws IOException {
        String name = expected.get("file").asText();
        SharedMemoryPool pool = testPool.pool();
        Files.write(incoming("." + name), FILES.get(name));
        Files.move(incoming("." + name), incoming(name), StandardCopyOption.ATOMIC_MOVE);
        return pool.adopt(name);
    }

    private static void check(Segment segment, JsonNode expected) throws IOException {
        String what = expected.get("file").asText();
        ArrowReading reading = new ArrowReading(segment.dictionaries());
        if (expected.get("becomes").asText().equals("the same bytes")) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            segment.writeTo(new DataOutputStream(bytes));
            assertThat(bytes.toByteArray()).as(what).isEqualTo(FILES.get(what));
        }
        assertThat((Object) reading.fields(segment.schema().getFields()))
                .as(what)
                .isEqualTo(VectorFiles.plain(expected.get("fields")));
        assertThat(segment.schema().getCustomMetadata())
                .as(what)
                .isEqualTo(VectorFiles.plain(expected.get("metadata")));
        JsonNode batches = expected.get("batches");
        assertThat(segment.batchCount()).as(what).isEqualTo(batches.size());
        for (int i = 0; i < batches.size(); i++) {
            VectorSchemaRoot root = segment.root(i);
            assertThat(root.getRowCount()).isEqualTo(batches.get(i).get("rows").asInt());
            List<?> columns =
                    root.getFieldVectors().stream().map(reading::values).toList();
            for (int column = 0; column < columns.size(); column++) {
                Object values = VectorFiles.plain(batches.get(i).get("columns").get(column));
                assertThat((Object) columns.get(column))
                        .as("%s, batch %d, %s", what, i, root.getVector(column).getField())
                        .isEqualTo(reading.isReal(root.getVector(column)) ? Values.withReals(values) : values);
            }
        }
    }
}
