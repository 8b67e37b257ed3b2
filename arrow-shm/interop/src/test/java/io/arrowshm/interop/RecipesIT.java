package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.SegmentSize;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.testing.Documentation;
import io.arrowshm.testing.TestPool;
import io.arrowshm.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.Text;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The programs of docs/recipes.md, as they stand there, on a pool that Java has made. */
class RecipesIT {
    private static final Schema SCHEMA = new Schema(
            List.of(Field.nullable("id", new ArrowType.Int(64, true)), Field.nullable("name", new ArrowType.Utf8())));
    private static final List<String> NAMES = List.of("a", "b", "ü");
    private static final Pattern FILE = Pattern.compile("(?:#|//) (?<name>\\w+\\.\\w+)\\n");

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(16 << 20, 256);

    @TempDir
    private Path directory;

    @BeforeEach
    void publish() {
        SharedMemoryPool pool = testPool.pool();
        try (SegmentWriter table = pool.newSegment(SCHEMA, SegmentSize.of(SCHEMA, 100, 16));
                ArrayWriter frames = pool.newArray(ArraySpec.of(DType.FLOAT32, 2, 3, 4))) {
            BigIntVector ids = (BigIntVector) table.root().getVector("id");
            VarCharVector names = (VarCharVector) table.root().getVector("name");
            ids.allocateNew(NAMES.size());
            names.allocateNew(NAMES.size());
            for (int i = 0; i < NAMES.size(); i++) {
                ids.set(i, i + 1);
                names.setSafe(i, new Text(NAMES.get(i)));
            }
            table.root().setRowCount(NAMES.size());
            frames.array().fill(0.5);
            try (Segment sealedTable = table.seal();
                    Segment sealedFrames = frames.seal()) {
                Datasets.of(pool)
                        .create("run-42")
                        .add("table", sealedTable)
                        .add("camera/frames", sealedFrames)
                        .publishPersistent();
            }
        }
    }

    @Test
    void thoseForPythonReadAndPublish() throws Exception {
        PythonPackage python = PythonPackage.environment();
        write("python", directory);
        assertThat(runs(python, "with_pyarrow.py"))
                .contains("pyarrow 3 [1, 2, 3] ['a', 'b', 'ü']")
                .contains("numpy float32 (2, 3, 4) [0.5 0.5 0.5 0.5]");
        assertPublished("from/pyarrow");
        try (Dataset dataset = Datasets.of(testPool.pool()).open("from/pyarrow")) {
            assertThat(dataset.array("camera/frames").toFloats()).hasSize(24).containsOnly(0.5f);
        }
        assertThat(runs(python, "with_polars.py")).contains("polars ['b', 'ü']");
        assertPublished("from/polars");
        assertThat(runs(python, "with_duckdb.py")).contains("duckdb [(6, 'ü')]");
        assertPublished("from/duckdb");
    }

    private String runs(PythonPackage python, String script) throws Exception {
        return python.run(directory, List.of(script, testPool.name()));
    }

    @Test
    void thatForRustReadsAndPublishes() throws Exception {
        Cargo.require();
        for (String file : List.of("Cargo.toml", "Cargo.lock")) {
            Files.copy(Path.of("src", "test", "rust", file), directory.resolve(file));
        }
        write("rust", directory);
        List<String> command = List.of("cargo", "run", "--locked", "--quiet", "--", testPool.name());
        assertThat(Tool.run(directory, Cargo.environment(), command))
                .contains("arrow-rs [1, 2, 3] [\"a\", \"b\", \"ü\"]")
                .contains("done true");
        assertPublished("from/arrow-rs");
    }

    @Test
    void thatForGoReadsAndPublishes() throws Exception {
        write("go", directory);
        String program = directory.resolve("with_arrow.go").toString();
        assertThat(GoModule.run(GoModule.EXCHANGE, "run", program, testPool.name()))
                .contains("arrow-go 3 [1 2 3] [\"a\" \"b\" \"ü\"]")
                .contains("done true");
        assertPublished("from/arrow-go");
    }

    @Test
    void thatForJavaScriptReadsAndPublishes() throws Exception {
        NpmPackage.install();
        write("js", NpmPackage.INSTALLED);
        assertThat(Tool.run(NpmPackage.INSTALLED, Map.of(), List.of("node", "with_arrow.mjs", testPool.name())))
                .contains("apache-arrow 3 1 2 3 a b ü")
                .contains("done true");
        assertPublished("from/apache-arrow");
    }

    @Test
    void thatForCReadsAndPublishes() throws Exception {
        write("c", directory);
        String program =
                CProgram.compile(directory.resolve("with_c.c"), directory).toString();
        assertThat(Tool.run(directory, Map.of(), List.of(program, testPool.name())))
                .isEqualTo("c <f4, 3 dimensions, the last is 0.5\n");
        assertPublished("from/c");
    }

    /** Writes the blocks of the page in a language, each to the file that its first line names. */
    private static void write(String language, Path directory) throws IOException {
        List<Documentation.Block> blocks = Documentation.blocks(language).stream()
                .filter(block -> block.page().equals("docs/recipes.md"))
                .toList();
        assertThat(blocks).isNotEmpty();
        for (Documentation.Block block : blocks) {
            Matcher file = FILE.matcher(block.text());
            assertThat(file.lookingAt()).as("%s names its file", block).isTrue();
            Files.writeString(directory.resolve(file.group("name")), block.text());
        }
    }

    private void assertPublished(String name) {
        try (Dataset dataset = Datasets.of(testPool.pool()).open(name)) {
            VectorSchemaRoot table = dataset.batch("table");
            assertThat(table.getRowCount()).isEqualTo(NAMES.size());
            for (int i = 0; i < NAMES.size(); i++) {
                assertThat(table.getVector("id").getObject(i)).isEqualTo(i + 1L);
                assertThat(table.getVector("name").getObject(i)).hasToString(NAMES.get(i));
            }
        }
    }
}
