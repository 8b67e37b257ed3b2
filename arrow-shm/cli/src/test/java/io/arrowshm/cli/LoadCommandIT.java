package io.arrowshm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.Segment;
import io.arrowshm.SegmentSize;
import io.arrowshm.SegmentWriter;
import io.arrowshm.console.Console;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.inspect.SegmentState;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.NpyFile;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Files to datasets and back by the command, as processes of their own. */
@Execution(ExecutionMode.CONCURRENT)
class LoadCommandIT {
    private static final int LARGE_BYTES = 192 << 20;
    private static final String LITTLE_HEAP = "JAVA_TOOL_OPTIONS=-Xmx40m";

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(256 << 20, 1024);

    private final String pool = testPool.name();

    @TempDir
    private Path folder;

    @Test
    void aFileIsADatasetThatIsListedShownAndExportedAsItWas() throws Exception {
        Path file = write("numbers.npy", NpyFile.zeros("<f8", 1000, 8));
        JsonNode loaded = ShmCommand.json("load", pool, file.toString());
        assertThat(loaded.get("dataset").asText()).isEqualTo("numbers");
        assertThat(loaded.get("segments").asInt()).isEqualTo(1);
        assertThat(ShmCommand.run("ls", pool, "numbers").out()).contains("<f8 [1000]");
        assertThat(ShmCommand.run("show", pool, "numbers/numbers[10:20]").out())
                .contains("<f8 [10], 80 B", "least 0, greatest 0, mean 0", "[0. 0. 0.");
        Path exported = folder.resolve("exported.npy");
        assertThat(ShmCommand.run("export", pool, "numbers/numbers", exported.toString()))
                .isEqualTo(new ShmCommand.Result(0, "wrote 7.8 KiB of numbers/numbers to " + exported + "\n", ""));
        assertThat(ShmCommand.run("load", pool, exported.toString(), "--name", "again")
                        .status())
                .isZero();
        assertThat(exported).hasSize(NpyFile.HEADER_BYTES + 8000);
    }

    @Test
    void tablesAreLoadedSelectedShownAndExported() throws Exception {
        Path file =
                write("prices.csv", "id,price,name\n1,2.5,a\n2,3.5,\"b,c\"\n3,,d\n".getBytes(StandardCharsets.UTF_8));
        ShmCommand.Result loaded =
                ShmCommand.run("load", pool, file.toString(), "--select", "prices[1:, name, id]", "--no-progress");
        assertThat(loaded.status()).as(loaded.toString()).isZero();
        assertThat(ShmCommand.run("show", pool, "prices").out())
                .contains("2 rows in 1 batches", "b,c")
                .doesNotContain("price ");
        Path exported = folder.resolve("exported.csv");
        assertThat(ShmCommand.run("export", pool, "prices", exported.toString()).status())
                .isZero();
        assertThat(exported).hasContent("name,id\n\"b,c\",2\nd,3\n");
    }

    @Test
    void whatASelectGivesIsATable() throws Exception {
        Path file = write("prices.csv", "id,price\n1,2.5\n2,3.5\n3,4.5\n".getBytes(StandardCharsets.UTF_8));
        String query = "SELECT sum(price) AS total, count(*) AS n FROM '%s' WHERE id > 1".formatted(file);
        ShmCommand.Result loaded = ShmCommand.run("load", pool, "--sql", query, "--name", "sums");
        assertThat(loaded.status()).as(loaded.toString()).isZero();
        assertThat(ShmCommand.run("show", pool, "sums/sums").out()).containsPattern("8\\.0 +\\| +2 ");
        ShmCommand.Result refused = ShmCommand.run("load", pool, "--sql", "SELECT * FROM nowhere", "--name", "x");
        assertThat(refused.status()).isEqualTo(Console.EXIT_USAGE);
        assertThat(refused.err().lines()).hasSize(1);
    }

    @Test
    void aDirectoryIsANestedDatasetAndWhatIsNoneOfItsFormatsIsNamed() throws Exception {
        Files.createDirectories(folder.resolve("runs/one"));
        write("runs/one/a.npy", NpyFile.zeros("<i4", 3, 4));
        write("runs/b.npy", NpyFile.zeros("|u1", 5, 1));
        write("runs/b.idx", new byte[] {0, 0, 8, 1, 0, 0, 0, 2, 7, 8});
        write("runs/notes.bin", new byte[] {1, 2, 3});
        JsonNode loaded = ShmCommand.json("load", pool, folder.resolve("runs").toString());
        assertThat(loaded.at("/notLoaded/0/path").asText()).isEqualTo("notes");
        JsonNode listed = ShmCommand.json("ls", pool, "runs").get("dataset").get("segments");
        assertThat(listed)
                .extracting(segment -> segment.get("path").asText())
                .containsExactlyInAnyOrder("one/a", "b.npy", "b.idx");
        assertThat(ShmCommand.run("show", pool, "runs/b.idx").out()).contains("[7 8]");
    }

    @Test
    void aDryRunLoadsNothing() throws Exception {
        Path file = write("numbers.npy", NpyFile.zeros("<f8", 1000, 8));
        JsonNode plan = ShmCommand.json("load", pool, file.toString(), "--dry-run");
        assertThat(plan.get("bytes").asLong()).isEqualTo(8000);
        assertThat(plan.at("/segments/0/description").asText()).isEqualTo("<f8 [1000]");
        assertThat(PoolInspector.pools(testPool.parent())).doesNotContain(pool);
    }

    @Test
    void whatTheUserHasToChangeIsOneLineAndStatusTwo() throws Exception {
        Path file = write("numbers.npy", NpyFile.zeros("<f8", 1000, 8));
        assertRefused("no such file", folder.resolve("absent.npy").toString());
        assertRefused("nothing of that path", file.toString(), "--select", "other");
        assertRefused("dataset name=..", file.toString(), "--name", "..");
        assertThat(ShmCommand.run("load", pool, file.toString()).status()).isZero();
        assertRefused("there is a dataset numbers", file.toString());
        assertThat(ShmCommand.run("load", pool, file.toString(), "-o").status()).isZero();
        assertThat(ShmCommand.run(
                                "export",
                                pool,
                                "numbers",
                                folder.resolve("x.csv").toString())
                        .err())
                .contains("the dataset is no table");
    }

    private void assertRefused(String reason, String... arguments) throws Exception {
        ShmCommand.Result result = ShmCommand.run(load(arguments));
        assertThat(result.status()).as(result.toString()).isEqualTo(Console.EXIT_USAGE);
        assertThat(result.err()).contains(reason);
        assertThat(result.err().lines()).hasSize(1);
    }

    private String[] load(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "load";
        all[1] = pool;
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return all;
    }

    @Test
    void theHeapDoesNotGrowWithTheFile() throws Exception {
        Path sparse = folder.resolve("large.npy");
        try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
            byte[] header = NpyFile.zeros("|u1", LARGE_BYTES, 0);
            file.write(header);
            file.setLength(header.length + LARGE_BYTES);
        }
        assertLoadedWithLittleHeap(sparse);
        Files.delete(sparse);
        assertLoadedWithLittleHeap(largeIdx());
    }

    private void assertLoadedWithLittleHeap(Path file) throws Exception {
        ShmCommand.Result result = ShmCommand.run(
                List.of("env", LITTLE_HEAP),
                System.getProperty("java.class.path"),
                "load",
                pool,
                file.toString(),
                "-n",
                "large",
                "-o");
        assertThat(result.status()).as(result.toString()).isZero();
        assertThat(result.out()).contains("loaded 192.0 MiB");
        assertThat(ShmCommand.run("rm", pool, "large").status()).isZero();
    }

    /** Which takes long to decompress, and little space. */
    private Path largeIdx() throws IOException {
        Path file = folder.resolve("large.idx.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(new byte[] {0, 0, 8, 1});
            out.write(ByteBuffer.allocate(Integer.BYTES).putInt(LARGE_BYTES).array());
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < LARGE_BYTES / zeros.length; i++) {
                out.write(zeros);
            }
        }
        return file;
    }

    @Test
    void whoeverIsKilledOrInterruptedWhileItLoadsLeavesNothing() throws Exception {
        Path file = largeIdx();
        testPool.pool();
        for (String signal : List.of("KILL", "INT")) {
            try (ShmCommand command = ShmCommand.start("load", pool, file.toString(), "--name", "large")) {
                Await.until("it loads", this::isBuilding);
                command.signal(signal);
                assertThat(command.awaitExit()).isEqualTo(signal.equals("KILL") ? 128 + 9 : Console.EXIT_INTERRUPTED);
                testPool.await("all memory is free", statistics -> statistics.segments() == 0);
                assertThat(ShmCommand.run("ls", pool, "-s").out()).isEmpty();
            }
        }
        assertThat(Verifier.verify(testPool.options(), true).violations()).isEmpty();
    }

    @Test
    void whoeverIsInterruptedWhileItExportsLeavesNothingAndWhoIsKilledWhatIsKnownByItsName() throws Exception {
        String query = "SELECT range AS id, range * 0.1 AS value FROM range(4000000)";
        assertThat(ShmCommand.run("load", pool, "--sql", query, "-n", "rows").status())
                .isZero();
        Path exported = folder.resolve("rows.json");
        for (String signal : List.of("INT", "KILL")) {
            try (ShmCommand command = ShmCommand.start("export", pool, "rows/rows", exported.toString())) {
                Await.until("it writes", () -> !incomplete().isEmpty());
                command.signal(signal);
                assertThat(command.awaitExit()).isEqualTo(signal.equals("KILL") ? 128 + 9 : Console.EXIT_INTERRUPTED);
            }
            assertThat(exported).doesNotExist();
            assertThat(incomplete()).hasSize(signal.equals("KILL") ? 1 : 0);
        }
    }

    private List<String> incomplete() {
        return Arrays.stream(folder.toFile().list())
                .filter(name -> name.startsWith(".arrow-shm-export-"))
                .toList();
    }

    private boolean isBuilding() {
        try (PoolInspector inspector = PoolInspector.open(testPool.options())) {
            return inspector.snapshot().segments().stream()
                    .anyMatch(segment -> segment.state() == SegmentState.BUILDING);
        }
    }

    @Test
    void whoeverFindsNoRoomInTheMiddleSaysSoAndLeavesNothing() throws Exception {
        Path file = folder.resolve("several.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (String name : List.of("a", "b", "c")) {
                zip.putNextEntry(new ZipEntry(name + ".npy"));
                zip.write(NpyFile.zeros("|u1", 100 << 20, 1));
            }
        }
        testPool.pool();
        ShmCommand.Result result = ShmCommand.run("load", pool, file.toString());
        assertThat(result.status()).isEqualTo(Console.EXIT_FAILURE);
        assertThat(result.err()).contains("is full: wanted");
        assertThat(ShmCommand.run("ls", pool, "-s").out()).isEmpty();
        testPool.await("all memory is free", statistics -> statistics.segments() == 0);
        assertThat(ShmCommand.run("load", pool, file.toString(), "--select", "a", "--select", "c")
                        .status())
                .isZero();
    }

    @Test
    void theDatasetEndsWithAProcessIfThatIsWanted() throws Exception {
        Path file = write("numbers.npy", NpyFile.zeros("<f8", 10, 8));
        Process process = new ProcessBuilder("sleep", "600").start();
        try (ShmCommand command =
                ShmCommand.start("load", pool, file.toString(), "--while-pid", Long.toString(process.pid()))) {
            assertThat(command.read()).startsWith("loaded 336 B in ");
            assertThat(ShmCommand.run("ls", pool, "-s").out()).isEqualTo("numbers\n");
            process.destroyForcibly();
            assertThat(command.awaitExit()).isZero();
            assertThat(ShmCommand.run("ls", pool, "-s").out()).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aDamagedTableIsOneLineAndStatusOneAndNeitherShownNorExported() throws Exception {
        publishDamaged();
        List<String[]> commands = new ArrayList<>(List.<String[]>of(new String[] {"show", pool, "damaged"}));
        for (String suffix : List.of("arrow", "arrows", "csv", "json", "parquet")) {
            String file = folder.resolve("exported." + suffix).toString();
            commands.add(new String[] {"export", pool, "damaged", file});
        }
        for (String[] command : commands) {
            ShmCommand.Result refused = ShmCommand.run(command);
            assertThat(refused.status()).as(refused.toString()).isEqualTo(Console.EXIT_FAILURE);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err()).contains("row 2 of field text is nowhere").hasLineCount(1);
        }
        assertThat(folder).isEmptyDirectory();
    }

    /** A table with a text of 2 GiB: opening looks at the first offset and the last alone. */
    private void publishDamaged() {
        Schema schema = new Schema(List.of(Field.nullable("text", ArrowType.LargeUtf8.INSTANCE)));
        try (SegmentWriter writer = testPool.pool().newSegment(schema, SegmentSize.of(schema, 3, 1))) {
            LargeVarCharVector texts = (LargeVarCharVector) writer.root().getVector(0);
            texts.allocateNew();
            for (int row = 0; row < 3; row++) {
                texts.setSafe(row, new byte[] {'a'});
            }
            writer.root().setRowCount(3);
            texts.getOffsetBuffer().setLong(2 * Long.BYTES, 1L << 31);
            try (Segment damaged = writer.seal()) {
                Datasets.of(testPool.pool())
                        .create("damaged")
                        .add("table", damaged)
                        .publishPersistent();
            }
        }
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }
}
