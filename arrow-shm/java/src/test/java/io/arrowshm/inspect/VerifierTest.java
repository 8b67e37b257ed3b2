package io.arrowshm.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifierTest {
    private static final int MUTATIONS = 200;

    @TempDir
    private Path copy;

    private final PoolOptions options = PoolOptions.named(
                    "verifier-test-" + ProcessHandle.current().pid())
            .withSizeBytes(1 << 20)
            .withSlots(100);
    private SharedMemoryPool pool;

    @BeforeEach
    void openPool() {
        pool = SharedMemoryPool.open(options);
    }

    @AfterEach
    void removePool() {
        pool.close();
        SharedMemoryPool.remove(options);
    }

    @Test
    void aGenerationThatFallsBetweenTwoLooksIsFound() {
        try (MappedFile generations = MappedFile.map(pool.directory().resolve(PoolFiles.GENERATIONS))) {
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
        try (MappedFile file = MappedFile.map(pool.directory().resolve(PoolFiles.HINTS))) {
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
                new ByteLocks(pool.directory().resolve(PoolFiles.NAMES).resolve(PoolFiles.NAMES_LOCK))) {
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
        Files.write(file, new byte[] {'A', 'R', 'R', 'O', 'W', '1', 0, 0});
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        pool.adopt("f").close();
        assertThat(Verifier.verify(options, false, () -> {}).violations()).isEmpty();
    }

    @Test
    void damagedFilesAreToldOfOrRefusedAndNoJvmDies() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("VerifierTest: -Dseed=" + seed);
        Random random = new Random(seed);
        pool.newArray(ArraySpec.of(DType.INT64, 100)).seal();
        Path directory = pool.directory();
        Map<Path, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(file, Files.readAllBytes(file));
            }
        }
        PoolOptions copied = options.withDirectory(copy.toString());
        Path target = Files.createDirectories(copy.resolve(directory.getFileName()));
        Files.createSymbolicLink(copy.resolve(options.name()), target.getFileName());
        for (String name : List.of(PoolFiles.SLABS, PoolFiles.NAMES, PoolFiles.INCOMING)) {
            Files.createDirectory(target.resolve(name));
        }
        List<Path> paths = List.copyOf(files.keySet());
        int found = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            for (Path path : paths) {
                Files.write(target.resolve(directory.relativize(path)), files.get(path));
            }
            Path path = paths.get(random.nextInt(paths.size()));
            byte[] bytes = files.get(path).clone();
            for (int change = 0; change < 8; change++) {
                int from = random.nextBoolean() ? Math.min(bytes.length, 512) : bytes.length;
                bytes[random.nextInt(from)] = (byte) random.nextInt();
            }
            Files.write(target.resolve(directory.relativize(path)), bytes);
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
