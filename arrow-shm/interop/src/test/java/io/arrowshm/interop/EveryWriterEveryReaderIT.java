package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.NdArray;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetBuilder;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.TestPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What any language writes, every language reads as the same values: arrays of every type and order, tables of every type that
 * both have, with nulls, dictionaries, several batches and no rows. Each of them publishes by its own writers what it has read
 * of the format's test vectors, and in all of it the values of the vectors are read.
 */
class EveryWriterEveryReaderIT {
    /**
     * Elements with gaps, codecs that are optional, a table whose columns have one name, of which Arrow JavaScript writes a file
     * that it cannot read, and durations as arrays, which the Python package has not.
     */
    private static final String NOT_WRITTEN = "strided.*|.*lz4.*|.*zstd.*|one-name-twice.*|m8.*";

    private static final VectorDataset VECTORS = new VectorDataset(file -> !file.matches(NOT_WRITTEN));

    @RegisterExtension
    static final TestPool POOL = TestPool.ofBytes(64 << 20, 4096);

    @TempDir
    private static Path directory;

    private static final Map<String, Child> CHILDREN = new LinkedHashMap<>();

    @BeforeAll
    static void publish() throws Exception {
        GoModule go = GoModule.build();
        NpmPackage npm = NpmPackage.install();
        PythonPackage python = PythonPackage.install();
        SharedMemoryPool pool = POOL.pool();
        CHILDREN.put("go", go.start(POOL.name()));
        CHILDREN.put("js", npm.start(POOL.name()));
        CHILDREN.put("python", python.start("matrix.py", directory, POOL.name()));
        Path c = CProgram.compile(CProgram.EXCHANGE, Path.of("target", "c"));
        CHILDREN.put(
                "c",
                Child.of(new ProcessBuilder(c.toString(), POOL.name())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start()));
        for (Child child : CHILDREN.values()) {
            assertThat(child.read()).isEqualTo("open");
        }
        VECTORS.publish(pool, "all/vectors");
        assertThat(CHILDREN.get("python").ask("common common/vectors")).isEqualTo("done");
        for (String set : List.of("all/", "common/")) {
            rewrite(pool, set + "vectors", set + "java");
            for (Map.Entry<String, Child> child : CHILDREN.entrySet()) {
                assertThat(child.getValue().ask("rewrite " + set + "vectors " + set + child.getKey()))
                        .isEqualTo("done");
            }
        }
    }

    @AfterAll
    static void end() throws Exception {
        for (Child child : CHILDREN.values()) {
            child.close();
        }
    }

    /** What Java has read, by its own writers. */
    private static void rewrite(SharedMemoryPool pool, String from, String to) {
        try (Dataset dataset = Datasets.of(pool).open(from)) {
            DatasetBuilder builder = Datasets.of(pool).create(to).attributes(dataset.attributes());
            List<Segment> written = new ArrayList<>();
            for (String path : dataset.root().segments()) {
                Segment segment = dataset.segment(path);
                written.add(segment.isArray() ? rewrite(pool, segment.array()) : pool.copy(segment));
                builder.add(path, written.get(written.size() - 1));
            }
            builder.publishPersistent();
            written.forEach(Segment::close);
        }
    }

    private static Segment rewrite(SharedMemoryPool pool, NdArray array) {
        ArraySpec spec = ArraySpec.of(array.dtype(), array.shape()).withOrder(array.order());
        try (ArrayWriter writer = pool.newArray(spec)) {
            array.copyTo(writer.array());
            return writer.seal();
        }
    }

    static Stream<Arguments> pairs() {
        return writers()
                .flatMap(writer -> Stream.of("java", "python", "go", "go copy", "js", "c")
                        .map(reader -> Arguments.of(writer, reader)));
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @MethodSource("pairs")
    void valuesAreEqual(String writer, String reader) throws Exception {
        String name = "all/" + writer;
        if (reader.equals("java")) {
            VECTORS.assertReadByJava(POOL.pool(), name);
        } else if (reader.equals("c")) {
            assertReadByC(writer);
        } else {
            boolean isCopied = reader.equals("go copy");
            Child child = CHILDREN.get(isCopied ? "go" : reader);
            VECTORS.assertRead(child.ask((isCopied ? "copy " : "read ") + name));
        }
    }

    /** C spells no values: it writes all elements that it has read anew, one by one, and that is what stands there. */
    private static void assertReadByC(String writer) throws Exception {
        String read = "through-c/" + writer;
        assertThat(CHILDREN.get("c").ask("rewrite all/" + writer + " " + read)).isEqualTo("done");
        VECTORS.assertReadByJava(POOL.pool(), read);
        Datasets.of(POOL.pool()).delete(read);
    }

    @ParameterizedTest
    @MethodSource("writers")
    void polarsDuckDbAndPandasReadTheSame(String writer) throws Exception {
        assertThat(CHILDREN.get("python").ask("frames common/" + writer)).isEqualTo("equal 5");
    }

    static Stream<String> writers() {
        return Stream.of("vectors", "java", "python", "go", "js", "c");
    }

    @Test
    void nothingIsViolated() {
        assertThat(Verifier.verify(POOL.options(), true).violations()).isEmpty();
    }
}
