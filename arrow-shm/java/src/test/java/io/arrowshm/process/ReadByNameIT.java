package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArrayOrder;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.dataset.DatasetBuilder;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.Python;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Readers that nobody has told anything: format/examples/read.py, which knows the format's text alone. */
class ReadByNameIT {
    static final Path EXAMPLES = Path.of("../format/examples").toAbsolutePath().normalize();

    private static final int ROUNDS = 12;
    private static final int READS_A_ROUND = 30;
    private static final long BLOCK_BYTES = 1 << 16;

    private static Python python;

    @RegisterExtension
    final TestPool testPool = TestPool.with(options -> DatasetProcess.options(options.name()));

    private final Random random = new Random(Long.getLong("seed", System.nanoTime()));

    @TempDir
    private Path directory;

    private SharedMemoryPool pool;

    @BeforeAll
    static void findPython() throws Exception {
        python = Python.find();
    }

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
    }

    @Test
    void nothingIsTornWhileNamesChangeAndReadersAndPublishersAreKilled() throws Exception {
        long seed = random.nextLong();
        System.out.println("ReadByNameIT: -Dseed=" + seed);
        random.setSeed(seed);
        List<String> ways = List.of("lease", "lease", "copy");
        List<Child> readers = new ArrayList<>();
        Child publisher = publisher();
        try {
            for (String way : ways) {
                readers.add(reader(way));
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (Child reader : readers) {
                    for (int i = 0; i < READS_A_ROUND; i++) {
                        assertThat(reader.read()).isEqualTo("read");
                    }
                }
                int killed = random.nextInt(ways.size());
                readers.get(killed).close();
                readers.set(killed, reader(ways.get(killed)));
                if (round % 3 == 0) {
                    publisher.close();
                    publisher = publisher();
                }
            }
            assertThat(Verifier.verify(testPool.options(), true).violations()).isEmpty();
        } finally {
            publisher.close();
            for (Child reader : readers) {
                reader.close();
            }
        }
        QuietPool quiet = new QuietPool(testPool.options(), pool);
        quiet.removeLasting();
        quiet.assertExactly(0, 0, 1);
        quiet.assertAllCanBeAllocated(BLOCK_BYTES);
    }

    @Test
    void everyKindOfSegmentIsReadInPlaceAndCopied() throws Exception {
        List<String> types = List.of("|b1", "|u1", "<i2", "<f2", "<f4", "<c16", "<M8[ns]", "|S5", "<U3");
        List<String> expected = new ArrayList<>();
        DatasetBuilder builder = Datasets.of(pool).create("kinds").attribute("answer", 42);
        List<Segment> segments = new ArrayList<>(List.of(PoolProcess.write(pool, 5)));
        builder.add("batch", segments.get(0));
        expected.add("{'answer': 42}");
        expected.add("batch 6 10");
        for (int i = 0; i < types.size(); i++) {
            String type = types.get(i);
            boolean fortran = i % 2 == 1;
            ArraySpec spec =
                    ArraySpec.of(DType.parse(type), 3, 2).withOrder(fortran ? ArrayOrder.FORTRAN : ArrayOrder.C);
            segments.add(filled(pool.newArray(spec), type));
            builder.add("k" + i, segments.get(segments.size() - 1));
            String last =
                    type.equals("|b1") ? "True" : type.equals("|S5") ? "b'abc'" : type.equals("<U3") ? "abc" : "7";
            last = type.startsWith("<f") ? "7.0" : type.startsWith("<c") ? "(7+0j)" : last;
            last = type.startsWith("<M") ? "1970-01-01T00:00:00.000000007" : last;
            expected.add("k" + i + " " + type + " (3, 2) " + (fortran ? "F " : "C ") + last + " False");
        }
        builder.publishPersistent();
        segments.forEach(Segment::close);
        List<String> printed = python.run(
                        ReadByNameIT.class, "print_kinds.py", directory, EXAMPLES, testPool.name(), "kinds")
                .lines()
                .toList();
        assertThat(printed.subList(0, expected.size())).isEqualTo(expected);
        assertThat(printed.subList(expected.size(), printed.size())).isEqualTo(expected);
    }

    @Test
    void aLeaseOutlivesItsDatasetAndNobodyCanJoinItThen() throws Exception {
        try (Child reader = namedReader()) {
            assertThat(reader.ask("join")).isEqualTo("joined");
            Datasets.of(pool).delete("d");
            testPool.await("the slot is free", statistics -> statistics.segments() == 0);
            assertThat(reader.ask("join")).isEqualTo("joined");
            LeaseIT.fillAndEmpty(pool);
            assertThat(pool.statistics().segments()).isEqualTo(1);
            assertThat(reader.ask("sum")).isEqualTo("135");
            assertThat(reader.ask("join")).isEqualTo("stale");
        }
        testPool.await("everything is freed", statistics -> statistics.segments() == 0);
    }

    private static Segment filled(ArrayWriter writer, String type) {
        try (writer) {
            switch (type.charAt(1)) {
                case 'b' -> writer.array().fill(true);
                case 'c' -> writer.array().fill(7, 0);
                case 'S', 'U' -> writer.array().fill("abc");
                default -> writer.array().fill(7L);
            }
            return writer.seal();
        }
    }

    private Child publisher() throws IOException {
        Child publisher = Child.start(List.of(), List.of(), DatasetProcess.class, testPool.name());
        assertThat(publisher.read()).isEqualTo("open");
        assertThat(publisher.ask("write " + random.nextLong())).isEqualTo("done");
        return publisher;
    }

    private Child reader(String way) throws IOException {
        return python.start(
                ReadByNameIT.class,
                "storm_reader.py",
                directory,
                EXAMPLES,
                testPool.name(),
                way,
                random.nextInt(1 << 30));
    }

    private Child namedReader() throws IOException {
        try (Segment segment = PoolProcess.write(pool, 9)) {
            Datasets.of(pool).create("d").add("s", segment).publishPersistent();
        }
        Child reader = python.start(ReadByNameIT.class, "named_reader.py", directory, EXAMPLES, testPool.name(), "d");
        assertThat(reader.read()).isEqualTo("leased");
        return reader;
    }
}
