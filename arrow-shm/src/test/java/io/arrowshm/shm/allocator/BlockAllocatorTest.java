package io.arrowshm.shm.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.layout.PoolFiles;
import io.arrowshm.shm.registry.Ownership;
import io.arrowshm.shm.registry.Slots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockAllocatorTest {
    private static final int SLOTS = 256;
    private static final long BUDGET = 1 << 20;

    @TempDir
    private Path directory;

    private Slots slots;
    private Ownership ownership;
    private BlockAllocator allocator;

    @BeforeEach
    void make() throws IOException {
        BlockAllocator.create(directory, SLOTS);
        Slots.create(directory, SLOTS);
        slots = new Slots(directory, SLOTS);
        ownership = new Ownership(slots, 0);
        allocator = new BlockAllocator(directory, BUDGET, ownership);
    }

    @AfterEach
    void close() {
        allocator.close();
        slots.close();
    }

    @Test
    void theBudgetIsFilledAndNeverExceeded() {
        List<Block> blocks = fill(4096);
        assertThat(blocks).hasSize((int) (BUDGET / 4096));
        assertThat(allocator.bytesBacked()).isEqualTo(BUDGET);
        assertNoOverlap(blocks);
    }

    @Test
    void aLargerFreeBlockIsUsedOnceTheBudgetIsGone() {
        List<Block> blocks = fill(1 << 18);
        ownership.release(blocks.get(1).slot());
        assertThat(allocator.allocate(1000).slot()).isEqualTo(blocks.get(1).slot());
    }

    @Test
    void lostHintsComeBackBeforeThePoolIsCalledFull() {
        List<Block> blocks = fill(1 << 18);
        ownership.release(blocks.get(2).slot());
        assertThat(slots.hints().take(0, SLOTS)).isEqualTo(blocks.get(2).slot());
        assertThat(allocator.allocate(1 << 18).slot()).isEqualTo(blocks.get(2).slot());
    }

    @Test
    void theFileOfASlabWhoseCreatorDiedIsReplaced() throws IOException {
        Files.write(directory.resolve(PoolFiles.SLABS).resolve("0"), new byte[10]);
        Block block = allocator.allocate(1 << 18);
        assertThat(Files.size(directory.resolve(PoolFiles.SLABS).resolve("0"))).isGreaterThanOrEqualTo(block.bytes());
    }

    @Test
    void aFileThatCannotBeMadeLeavesLargerFreeBlocksUsable() throws IOException {
        Block larger = allocator.allocate(1 << 18);
        ownership.release(larger.slot());
        Path inTheWay = Files.createDirectory(directory.resolve(PoolFiles.SLABS).resolve("1"));
        Files.createFile(inTheWay.resolve("file"));
        assertThat(allocator.allocate(1000).slot()).isEqualTo(larger.slot());
        assertThatThrownBy(() -> allocator.allocate(1000)).isInstanceOf(SharedMemoryException.class);
    }

    @Test
    void threadsNeverGetOneBlockTwice() throws Exception {
        Set<Integer> held = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                long size = 1000L * (t + 1);
                running.add(threads.submit(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        Block block = allocator.allocate(size + i % 3000);
                        assertThat(held.add(block.slot())).isTrue();
                        held.remove(block.slot());
                        ownership.release(block.slot());
                    }
                }));
            }
            for (Future<?> thread : running) {
                thread.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(ownership.localHandles()).isZero();
    }

    @Test
    void everySmallSetOfHintsIsTakenLowestFirst() {
        for (int first = 60; first < 70; first++) {
            for (int end = first; end < 72; end++) {
                for (int slot = 58; slot < 74; slot++) {
                    slots.hints().set(slot);
                }
                for (int slot = first; slot < end; slot++) {
                    assertThat(slots.hints().take(first, end)).isEqualTo(slot);
                }
                assertThat(slots.hints().take(first, end)).isEqualTo(-1);
            }
        }
    }

    private List<Block> fill(long bytes) {
        List<Block> blocks = new ArrayList<>();
        assertThatThrownBy(() -> {
                    while (true) {
                        blocks.add(allocator.allocate(bytes));
                    }
                })
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("is full");
        return blocks;
    }

    private static void assertNoOverlap(List<Block> blocks) {
        Set<Integer> slots = new HashSet<>();
        Set<Long> addresses = new HashSet<>();
        for (Block block : blocks) {
            assertThat(slots.add(block.slot())).isTrue();
            assertThat(addresses.add(block.address())).isTrue();
            assertThat(block.address() % 64).isZero();
        }
    }
}
