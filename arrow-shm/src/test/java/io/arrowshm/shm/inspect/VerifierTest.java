package io.arrowshm.shm.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.shm.PoolOptions;
import io.arrowshm.shm.SharedMemoryPool;
import io.arrowshm.shm.layout.PoolFiles;
import io.arrowshm.shm.memory.MappedFile;
import io.arrowshm.shm.memory.Memory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VerifierTest {
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
    void aPoolCanBeInspectedByOneWhoHasItOpen() {
        try (PoolInspector inspector = PoolInspector.open(options)) {
            assertThat(inspector.snapshot().totals().participantsAlive()).isEqualTo(1);
            assertThat(inspector.reclaim()).isEqualTo(new Reclaimed(0, 0, 0, 0, 0, 0, 0, null));
        }
        assertThat(pool.statistics().participants()).isEqualTo(1);
    }
}
