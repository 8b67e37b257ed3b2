package io.arrowshm;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.Access;
import io.arrowshm.testing.SavedFiles;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A pool whose files were damaged is refused or used, and never takes the JVM with it. */
class HostilePoolFilesTest {
    private static final int MUTATIONS = Integer.getInteger("mutations", 4_000);
    private static final Schema SCHEMA = new Schema(List.of(Field.nullable("number", new ArrowType.Int(64, true))));

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(1 << 20, 64);

    private Path directory;
    private List<SegmentRef> references;
    private SavedFiles files;

    @BeforeEach
    void makePool() throws IOException {
        references = new ArrayList<>();
        SharedMemoryPool pool = testPool.pool();
        directory = pool.directory();
        // Not closed: what is in flight stays, as if this process had died.
        Epoch epoch = pool.openEpoch("sender");
        Access.openChannel(epoch);
        for (int i = 0; i < 5; i++) {
            try (Segment segment = write(pool)) {
                references.add(segment.trySend(epoch));
            }
        }
        files = new SavedFiles(directory);
        epoch.close();
        testPool.leave();
    }

    @AfterEach
    void restoreWhatIsRemovedThen() throws IOException {
        files.restore(directory);
    }

    @Test
    void damagedFilesAreRefusedOrUsedAndNoJvmDies() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.printf("HostilePoolFilesTest: -Dseed=%d -Dmutations=%d%n", seed, MUTATIONS);
        Random random = new Random(seed);
        List<Path> paths = files.paths();
        Map<SharedMemoryException.Kind, Integer> outcomes = new EnumMap<>(SharedMemoryException.Kind.class);
        int used = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            files.restore(directory);
            Path path = paths.get(random.nextInt(paths.size()));
            SavedFiles.write(directory.resolve(path), mutated(files.bytes(path), random));
            try {
                use();
                used++;
            } catch (SharedMemoryException e) {
                assertThat(e.getMessage()).isNotBlank();
                outcomes.merge(e.kind(), 1, Integer::sum);
            }
        }
        System.out.printf("%,d damaged pools: %,d were used, refused %s%n", MUTATIONS, used, outcomes);
        assertThat(used).isPositive();
        assertThat(outcomes).containsKey(SharedMemoryException.Kind.CORRUPT);
    }

    /** Everything that looks at shared memory. */
    private void use() {
        try (SharedMemoryPool pool = SharedMemoryPool.open(testPool.options())) {
            for (SegmentRef reference : references) {
                try (Segment segment = pool.receive(reference)) {
                    for (int batch = 0; batch < segment.batchCount(); batch++) {
                        segment.root(batch);
                    }
                } catch (SharedMemoryException e) {
                    assertThat(e.kind())
                            .as("%s", e)
                            .isIn(
                                    SharedMemoryException.Kind.STALE_REFERENCE,
                                    SharedMemoryException.Kind.CORRUPT,
                                    SharedMemoryException.Kind.ABSENT);
                }
            }
            pool.statistics();
            try (Epoch epoch = pool.openEpoch("user");
                    Segment segment = write(pool)) {
                Access.openChannel(epoch);
                SegmentRef reference = segment.trySend(epoch);
                pool.sweep();
                if (reference != null) {
                    pool.receive(reference).close();
                }
            }
            pool.sweep();
        }
    }

    /** @param bytes which it may change */
    private static byte[] mutated(byte[] bytes, Random random) {
        if (random.nextInt(10) == 0) {
            // Empty ones are a case of their own: nothing can be mapped.
            return Arrays.copyOf(bytes, random.nextInt(4) == 0 ? 0 : random.nextInt(bytes.length + 1));
        }
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) {
            // Half of them at the start, where what is in use is.
            int at = random.nextInt(random.nextBoolean() ? Math.min(bytes.length, 512) : bytes.length);
            bytes[at] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static Segment write(SharedMemoryPool pool) {
        try (SegmentWriter writer = pool.newSegment(SCHEMA, 1000)) {
            ((BigIntVector) writer.root().getVector(0)).allocateNew(10);
            writer.root().setRowCount(10);
            return writer.seal();
        }
    }
}
