package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArrayOrder;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.NdArray;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetBuilder;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TestPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The Python package, alone and with Java in one pool. */
class PythonPackageIT {
    private static PythonPackage python;

    @RegisterExtension
    final TestPool testPool = TestPool.with(options -> DatasetProcess.options(options.name()));

    @TempDir
    private Path directory;

    @BeforeAll
    static void install() throws Exception {
        python = PythonPackage.install();
    }

    @Test
    void itsOwnTestsPass() throws Exception {
        List<String> arguments = List.of("-m", "pytest", "-q", "-p", "no:cacheprovider");
        assertThat(python.run(PythonPackage.SOURCES, arguments))
                .contains(" passed")
                .doesNotContain("error");
    }

    @Test
    void itsTypesAreRight() throws Exception {
        String cache = Path.of("target", "mypy").toAbsolutePath().toString();
        assertThat(python.run(PythonPackage.SOURCES, List.of("-m", "mypy", "--cache-dir", cache)))
                .contains("no issues found");
    }

    @Test
    void itsCrateIsFormattedAndHasNoWarnings() throws Exception {
        String manifest = PythonPackage.SOURCES.resolve("Cargo.toml").toString();
        Cargo.run("fmt", "--manifest-path", manifest, "--check");
        Cargo.run("clippy", "--manifest-path", manifest, "--locked", "--", "--deny", "warnings");
    }

    @Test
    void whatPythonPublishesJavaReads() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        try (Child child = python()) {
            assertThat(child.ask("publish from/python")).isEqualTo("done");
            try (Dataset dataset = Datasets.of(pool).open("from/python")) {
                assertThat(dataset.attributes()).isEqualTo(Map.of("n", 42L, "list", List.of(1L, "a")));
                NdArray integers = dataset.array("group/integers");
                assertThat(integers.dtype()).isEqualTo(DType.parse("<i8"));
                assertThat(integers.shape()).containsExactly(3, 4);
                assertThat(integers.toLongs()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
                NdArray fortran = dataset.array("group/fortran");
                assertThat(fortran.getDouble(1, 2)).isEqualTo(3.0);
                assertThat(dataset.array("group/truths").dtype()).isEqualTo(DType.parse("|b1"));
                assertThat(dataset.array("times").getLong(0)).isEqualTo(7);
                assertThat(dataset.array("texts").shape()).containsExactly(2);
                VectorSchemaRoot table = dataset.batch("table");
                assertThat(table.getVector("number").getObject(1)).isEqualTo(6L);
                assertThat(table.getVector("number").isNull(2)).isTrue();
                assertThat(table.getVector("text").getObject(2)).hasToString("ü");
            }
            assertThat(Verifier.verify(testPool.options(), true).violations()).isEmpty();
        }
        Datasets.of(pool).delete("from/python");
        testPool.await("everything is free", statistics -> statistics.segments() == 0);
    }

    @Test
    void whatJavaPublishesPythonReadsInPlaceAlsoWhenItIsDeleted() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        List<String> types = List.of("|b1", "|u1", "<i2", "<f2", "<f4", "<c16", "<M8[ns]", "<U3");
        DatasetBuilder builder = Datasets.of(pool).create("from/java").attribute("answer", 42);
        List<Segment> segments = new ArrayList<>(List.of(PoolProcess.write(pool, 5)));
        builder.add("batch", segments.get(0));
        for (int i = 0; i < types.size(); i++) {
            ArraySpec spec = ArraySpec.of(DType.parse(types.get(i)), 3, 2)
                    .withOrder(i % 2 == 0 ? ArrayOrder.C : ArrayOrder.FORTRAN);
            segments.add(pool.newArray(spec).seal());
            builder.add("k" + i, segments.get(segments.size() - 1));
        }
        builder.publishPersistent();
        segments.forEach(Segment::close);
        try (Child child = python()) {
            assertThat(child.ask("read from/java")).isEqualTo("batch 6 [5, 6, 7]");
            List<String> names =
                    List.of("bool", "uint8", "int16", "float16", "float32", "complex128", "datetime64[ns]", "<U3");
            for (int i = 0; i < types.size(); i++) {
                assertThat(child.read())
                        .startsWith("k" + i + " " + names.get(i) + " (3, 2) ")
                        .endsWith(" False");
            }
            assertThat(child.read()).isEqualTo("{'answer': 42}");
            Datasets.of(pool).delete("from/java");
            assertThat(pool.statistics().segments()).isEqualTo(1 + types.size());
        }
        testPool.await("what the killed reader held is free", statistics -> statistics.segments() == 0);
    }

    @Test
    void bothWriteOneSharedArray() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        try (Child child = python();
                Segment live =
                        pool.newArray(ArraySpec.of(DType.parse("<f8"), 100)).share()) {
            Datasets.of(pool).create("d").add("live", live).publishPersistent();
            assertThat(child.ask("write d 7.5")).isEqualTo("done");
            assertThat(live.mutableArray().getDouble(99)).isEqualTo(7.5);
        }
        Datasets.of(pool).delete("d");
        testPool.await("everything is free", statistics -> statistics.segments() == 0);
    }

    private Child python() throws Exception {
        testPool.pool();
        Child child = python.start("exchange.py", directory, testPool.name());
        assertThat(child.read()).isEqualTo("open");
        return child;
    }
}
