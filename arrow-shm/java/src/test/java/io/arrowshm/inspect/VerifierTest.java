package io.arrowshm.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.testing.NpyFile;
import io.arrowshm.testing.Opened;
import io.arrowshm.testing.SavedFiles;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class VerifierTest {
    private static final int MUTATIONS = 200;

    @TempDir
    private Path copy;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(1 << 20, 100);

    private final PoolOptions options = testPool.options();
    private SharedMemoryPool pool;

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
    }

    @Test
    void aGenerationThatFallsBetweenTwoLooksIsFound() {
        try (MappedFile generations = Opened.with(pool.directory().resolve(PoolFiles.GENERATIONS), MappedFile::map)) {
            Memory.putLongVolatile(generations.address(), 7);
            assertThat(Verifier.verify(options, false, () -> Memory.putLongVolatile(generations.address(), 6))
                            .violations())
                    .extracting(Violation::invariant, Violation::where)
                    .containsExactly(org.assertj.core.api.Assertions.tuple(Invariant.GENERATION, "slot 0"));
        }
    }

    @Test
    void whatIsDifferentAtTheNextLookIsNoViolation() {
        long[] hints = {1L << 63};
        try (MappedFile file = Opened.with(pool.directory().resolve(PoolFiles.HINTS), MappedFile::map)) {
            Memory.putLongVolatile(file.address() + Long.BYTES, hints[0]);
            assertThat(Verifier.verify(options, false, () -> {
                                hints[0] >>>= 1;
                                Memory.putLongVolatile(file.address() + Long.BYTES, hints[0]);
                            })
                            .violations())
                    .isEmpty();
            assertThat(Verifier.verify(options, false, () -> {}).violations())
                    .extracting(Violation::invariant)
                    .containsExactly(Invariant.HINTS);
        }
    }

    @Test
    void namesAreNotVerifiedWhileSomebodyElseHasTheirLock() {
        try (ByteLocks locks =
                Opened.with(pool.directory().resolve(PoolFiles.NAMES).resolve(PoolFiles.NAMES_LOCK), ByteLocks::new)) {
            assertThat(locks.tryLock(0)).isTrue();
            Verification found = Verifier.verify(options, false, () -> {});
            assertThat(found.violations()).isEmpty();
            assertThat(found.notVerified()).singleElement().asString().startsWith("NAMES: process ");
            try (PoolInspector inspector = PoolInspector.open(options)) {
                assertThat(inspector.reclaim().namesNotRepaired()).contains("has been changing names");
            }
        }
        assertThat(Verifier.verify(options, false, () -> {}).notVerified()).isEmpty();
    }

    @Test
    void anAdoptedFileIsMadePrivate() throws IOException {
        Path file = pool.directory().resolve(PoolFiles.INCOMING).resolve("f");
        Files.write(file, NpyFile.zeros("|u1", 8, 1));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        pool.adopt("f").close();
        assertThat(Verifier.verify(options, false, () -> {}).violations()).isEmpty();
    }

    @Test
    void damagedFilesAreToldOfOrRefusedAndNoJvmDies() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("VerifierTest: -Dseed=" + seed);
        Random random = new Random(seed);
        Path directory = pool.directory();
        SavedFiles files;
        try (Segment held = pool.newArray(ArraySpec.of(DType.INT64, 100)).seal()) {
            assertThat(held.length()).isPositive();
            files = new SavedFiles(directory);
        }
        PoolOptions copied = options.withDirectory(copy.toString());
        Path target = Files.createDirectories(copy.resolve(directory.getFileName()));
        Files.createSymbolicLink(copy.resolve(options.name()), target.getFileName());
        for (String name : List.of(PoolFiles.SLABS, PoolFiles.NAMES, PoolFiles.INCOMING)) {
            Files.createDirectory(target.resolve(name));
        }
        List<Path> paths = files.paths();
        int found = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            files.restore(target);
            Path path = paths.get(random.nextInt(paths.size()));
            byte[] bytes = files.bytes(path);
            for (int change = 0; change < 8; change++) {
                int from = random.nextBoolean() ? Math.min(bytes.length, 512) : bytes.length;
                bytes[random.nextInt(from)] = (byte) random.nextInt();
            }
            SavedFiles.write(target.resolve(path), bytes);
            try {
                found += Verifier.verify(copied, true, () -> {}).violations().size();
                try (PoolInspector inspector = PoolInspector.open(copied)) {
                    inspector.snapshot();
                    inspector.datasets();
                    inspector.reclaim();
                }
            } catch (SharedMemoryException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        assertThat(found).isPositive();
    }

    @Test
    void aPoolCanBeInspectedByOneWhoHasItOpen() {
        try (PoolInspector inspector = PoolInspector.open(options)) {
            assertThat(inspector.snapshot().totals().participantsAlive()).isEqualTo(1);
            assertThat(inspector.reclaim()).isEqualTo(new Reclaimed(0, 0, 0, 0, 0, 0, 0, null));
        }
        assertThat(pool.statistics().participants()).isEqualTo(1);
    }
}
