package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.internal.layout.SlotRecord;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.registry.Registry;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.Opened;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.Python;
import io.arrowshm.testing.TestPool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The registry as others have it: records in a plain file, and the Chronicle Map without this library. */
class ForeignRegistryIT {
    private static final int SLOTS = 256;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(16 << 20, SLOTS);

    @TempDir
    private Path directory;

    @Test
    void aPoolWhoseRecordsLieInAPlainFileIsWorkedIn() throws Exception {
        Path ofPool = testPool.pool().directory();
        testPool.leave();
        assertThat(Python.find().run(ForeignRegistryIT.class, "flatten_registry.py", directory, ofPool))
                .isEqualTo(SLOTS + " records\n");
        assertThat(Files.size(ofPool.resolve("registry.cm3"))).isEqualTo(64L * SLOTS);
        SharedMemoryPool pool = testPool.pool();
        try (Child other = Child.start(testPool.name());
                Segment segment = PoolProcess.write(pool, 5)) {
            assertThat(other.read()).isEqualTo("pool " + ofPool);
            String sent = other.ask("send 7");
            try (Segment received = pool.receive(PoolProcess.parse(sent))) {
                assertThat(PoolProcess.check(received)).isEqualTo("right");
            }
            assertThat(other.ask("hold 3")).isEqualTo("held");
            assertThat(PoolProcess.check(segment)).isEqualTo("right");
            assertThat(Verifier.verify(testPool.options(), true).violations()).isEmpty();
        }
        testPool.await("what the killed process held is free", statistics -> statistics.segments() == 0);
    }

    @Test
    void aStockChronicleMapShowsTheSameWordsWhileProcessesWorkInThePool() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        try (Child working = Child.start(testPool.name());
                Segment held = PoolProcess.write(pool, 5)) {
            working.read();
            assertThat(working.ask("hold 3")).isEqualTo("held");
            assertThat(working.ask("build")).isEqualTo("building");
            assertThat(working.ask("spin")).isEqualTo("spinning");
            Path registry = pool.directory().resolve("registry.cm3");
            try (Child map = Child.start(List.of(), List.of(), StockMapProcess.class, registry.toString())) {
                assertThat(map.read()).isEqualTo("open");
                assertThat(map.ask("words").split(" ")).hasSize(SLOTS);
                working.stop();
                List<String> words = List.of(map.ask("words").split(" "));
                assertThat(words).isEqualTo(words(pool));
                assertThat(words.stream().filter(word -> !word.equals("0"))).hasSizeGreaterThanOrEqualTo(3);
                working.resume();
            }
            assertThat(PoolProcess.check(held)).isEqualTo("right");
            assertThat(working.ask("hold 5")).isEqualTo("held");
            assertThat(Verifier.verify(testPool.options(), true).violations()).isEmpty();
        }
    }

    private static List<String> words(SharedMemoryPool pool) {
        Path registry = pool.directory().resolve("registry.cm3");
        try (Registry records = Opened.with(registry, file -> Registry.open(file, SLOTS))) {
            return IntStream.range(0, SLOTS)
                    .mapToObj(slot -> Long.toHexString(Memory.getLongVolatile(records.address(slot) + SlotRecord.WORD)))
                    .toList();
        }
    }
}
