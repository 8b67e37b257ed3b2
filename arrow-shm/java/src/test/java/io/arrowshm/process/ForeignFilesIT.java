package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.arrow.ArrowMemory;
import io.arrowshm.testing.Python;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files that a real pyarrow wrote into a pool, good and damaged ones; and segments that it reads in place. */
class ForeignFilesIT {
    private static final Path CORPUS = Path.of(System.getProperty("arrow-testing", "src/test/resources/arrow-testing"));

    private static Python python;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(32 << 20, 1024);

    private SharedMemoryPool pool;
    private Path incoming;

    @TempDir
    private Path directory;

    @TempDir
    private Path files;

    @TempDir
    private Path results;

    @BeforeAll
    static void findPython() throws Exception {
        python = Python.find();
    }

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
        incoming = pool.directory().resolve("incoming");
    }

    @Test
    void whatPyarrowWroteIsReadInPlaceWithEqualValues() throws Exception {
        python.run(ForeignFilesIT.class, "write_files.py", directory, incoming, files);
        int batches = 0;
        for (String name : List.of(
                "several",
                "one",
                "none",
                "sliced",
                "version4",
                "before015",
                "zstd",
                "lz4",
                "stream",
                "zstd_stream",
                "polars")) {
            long before = ArrowMemory.root().getAllocatedMemory();
            try (Segment segment = pool.adopt(name)) {
                segment.validate();
                // All that Arrow accounts for is the segment itself.
                assertThat(ArrowMemory.root().getAllocatedMemory() - before)
                        .as(name)
                        .isEqualTo(segment.length());
                batches += copy(segment, name);
            }
            assertThat(ArrowMemory.root().getAllocatedMemory()).as(name).isEqualTo(before);
        }
        String output = python.run(ForeignFilesIT.class, "compare_files.py", directory, files, results);
        assertThat(output.lines()).hasSize(batches).allMatch(line -> line.startsWith("ok "));
        assertThat(batches).isEqualTo(17);
    }

    @Test
    void whatCannotBeReadInPlaceIsRefusedWithTheReason() throws Exception {
        python.run(ForeignFilesIT.class, "write_files.py", directory, incoming, files);
        try (Segment several = pool.adopt("several");
                Segment none = pool.adopt("none")) {
            assertThatThrownBy(several::root).hasMessageContaining("has 3 record batches, not one");
            assertThatThrownBy(() -> several.root(3)).hasMessageContaining("has 3 record batches, there is no batch 3");
            assertThatThrownBy(none::root).hasMessageContaining("has 0 record batches, not one");
            assertThat(none.schema()).isEqualTo(several.schema());
        }
        Map.of(
                        "delta", "comes in several parts; write it as one, without deltas",
                        "delta_stream", "comes in several parts; write it as one, without deltas",
                        "list_view", "cast it to list, and write it anew",
                        "run_ends", "decode its runs, and write it anew",
                        "decimal64", "cast it to decimal128, and write it anew",
                        "big_endian", ">f8",
                        "big_endian_structure", ">i4")
                .forEach((name, reason) -> {
                    assertThatThrownBy(() -> pool.adopt(name)).hasMessageContaining(reason);
                    assertThat(incoming.resolve(name)).exists();
                    assertThat(incoming.resolve(name + ".refused")).content().contains(reason);
                });
    }

    @Test
    void pyarrowReadsALentSegmentInPlace() throws Exception {
        python.run(ForeignFilesIT.class, "write_files.py", directory, incoming, files);
        for (String name : List.of("several", "version4")) {
            try (Segment segment = pool.adopt(name)) {
                String output = python.run(
                        ForeignFilesIT.class,
                        "read_lent.py",
                        directory,
                        segment.lend().toJson(),
                        files.resolve(name));
                assertThat(output.lines()).contains("allocated 0").anyMatch(line -> line.startsWith("equal True"));
            }
        }
    }

    @Test
    void fuzzCasesAreRefusedOrReadAsPyarrowReadsThem() throws Exception {
        Map<String, String> byPyarrow = new LinkedHashMap<>();
        List<Object> cases = new ArrayList<>(cases());
        for (String line : python.run(ForeignFilesIT.class, "read_cases.py", directory, cases.toArray())
                .lines()
                .toList()) {
            byPyarrow.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1));
        }
        assertThat(byPyarrow).hasSameSizeAs(cases);
        int opened = 0;
        int batches = 0;
        for (Path fuzzCase : cases()) {
            String name = fuzzCase.getFileName().toString();
            long before = ArrowMemory.root().getAllocatedMemory();
            try (Segment segment = adopt(fuzzCase)) {
                segment.validate();
                opened++;
                assertThat(byPyarrow.get(name)).as(name).isEqualTo(Integer.toString(segment.batchCount()));
                batches += copy(segment, name);
            } catch (SharedMemoryException e) {
                assertThat(e.kind()).as(name).isEqualTo(Kind.CORRUPT);
                if (!byPyarrow.get(name).startsWith("refused")) {
                    System.out.println("read by pyarrow alone: " + e.getMessage());
                }
            }
            assertThat(ArrowMemory.root().getAllocatedMemory()).as(name).isEqualTo(before);
        }
        String output = python.run(ForeignFilesIT.class, "compare_files.py", directory, files, results);
        assertThat(output.lines()).hasSize(batches).allMatch(line -> line.startsWith("ok "));
        System.out.printf("%d fuzz cases: %d read, with %d batches%n", cases.size(), opened, batches);
    }

    private static List<Path> cases() throws IOException {
        try (Stream<Path> all = Files.walk(CORPUS)) {
            return all.filter(file -> {
                        String name = file.getFileName().toString();
                        return name.startsWith("clusterfuzz") || name.startsWith("crash");
                    })
                    .sorted()
                    .toList();
        }
    }

    private Segment adopt(Path file) throws IOException {
        Files.copy(file, files.resolve(file.getFileName()));
        Files.copy(file, incoming.resolve(".case"));
        // One that was refused is still there.
        Files.move(incoming.resolve(".case"), incoming.resolve("case"), StandardCopyOption.REPLACE_EXISTING);
        return pool.adopt("case");
    }

    /** Writes every batch as a file of its own, with Arrow's writer. Returns how many there were. */
    private int copy(Segment segment, String name) throws IOException {
        for (int i = 0; i < segment.batchCount(); i++) {
            VectorSchemaRoot root = segment.root(i);
            try (FileChannel out = FileChannel.open(
                            results.resolve(name + "." + i), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    ArrowFileWriter writer = new ArrowFileWriter(root, segment.dictionaries(), out)) {
                writer.writeBatch();
                writer.end();
            }
        }
        return segment.batchCount();
    }
}
