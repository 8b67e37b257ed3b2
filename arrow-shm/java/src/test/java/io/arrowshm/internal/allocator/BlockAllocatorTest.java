package io.arrowshm.internal.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.SizeClassStatistics;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.DirectoryHandle;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.registry.Ownership;
import io.arrowshm.internal.registry.Reclaimer;
import io.arrowshm.internal.registry.Slots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

class BlockAllocatorTest {
    private static final int SLOTS = 256;
    private static final long BUDGET = 1 << 20;

    // What files take is only exact on a tmpfs.
    @TempDir(factory = SharedMemoryDirectory.class)
    private Path directory;

    private DirectoryHandle opened;
    private Slots slots;
    private Ownership ownership;
    private BlockAllocator allocator;

    static final class SharedMemoryDirectory implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            return Files.createTempDirectory(Path.of("/dev/shm"), "allocator-test-");
        }
    }

    @BeforeEach
    void make() throws IOException {
        make(BUDGET, SLOTS);
    }

    private void make(long budget, int count) throws IOException {
        opened = DirectoryHandle.open(directory);
        BlockAllocator.create(opened.path(), count);
        Slots.create(opened.path(), count);
        slots = new Slots(opened.path(), count);
        ownership = new Ownership(slots, 0);
        allocator = new BlockAllocator(opened.path(), budget, ownership);
    }

    /** Another pool instead, of other sizes. */
    private void remake(long budget, int count) throws IOException {
        close();
        directory = Files.createDirectory(directory.resolve("remade"));
        make(budget, count);
    }

    @AfterEach
    void close() {
        allocator.close();
        slots.close();
        opened.close();
    }

    @Test
    void theBudgetIsFilledAndNeverExceeded() {
        List<Block> blocks = fill(4096);
        assertThat(blocks).hasSize((int) (BUDGET / 4096));
        assertThat(bytesBacked()).isEqualTo(BUDGET);
        assertNoOverlap(blocks);
    }

    @Test
    void aFreeBlockUpToTwiceTheSizeStandsInOnceTheBudgetIsUsedUp() {
        List<Block> blocks = fill(8192);
        ownership.release(blocks.get(1).slot());
        assertThat(allocator.allocate(4096).slot()).isEqualTo(blocks.get(1).slot());
    }

    @Test
    void memoryOfAFreeBlockGoesToAnotherSizeOnceTheBudgetIsUsedUp() {
        List<Block> blocks = fill(1 << 18);
        long generation = ownership.slots().generation(blocks.get(1).slot());
        ownership.release(blocks.get(1).slot());
        Block small = allocator.allocate(1000);
        assertThat(small.bytes()).isEqualTo(1024);
        assertThat(ownership.slots().generation(blocks.get(1).slot())).isGreaterThan(generation);
        assertThat(bytesBacked()).isLessThanOrEqualTo(BUDGET);

        ownership.release(small.slot());
        assertThat(allocator.allocate(1 << 18).bytes()).isEqualTo(1 << 18);
        assertThat(bytesBacked()).isEqualTo(BUDGET);
    }

    @Test
    void onlyWholePagesAreTakenAndOfNoMoreSlabsInUseThanNeeded() throws IOException {
        long budget = 16 << 20;
        remake(budget, 32_768);
        List<Block> blocks = fill(1024);
        assertThat(blocks).hasSize((int) (budget / 1024));
        for (int i = 0; i < blocks.size(); i++) {
            if (i % 8 != 7) {
                ownership.release(blocks.get(i).slot());
            }
        }
        Block first = allocator.allocate(4096);
        // Of 64 blocks on 16 pages, those on every second page.
        assertThat(statistics().get(0).unbacked()).isEqualTo(32);
        assertThat(fill(4096)).hasSize((int) (budget / 4096 / 2) - 1);
        ownership.release(first.slot());
        assertThat(bytesBacked()).isEqualTo(budget);
    }

    @Test
    void whatStandInsLeaveUnusedIsASixteenthOfTheBudgetAtMost() {
        releaseAll(fill(1 << 15));
        List<Block> blocks = fill(1 << 14);
        assertThat(blocks.stream().filter(block -> block.bytes() == 1 << 15)).hasSize(4);
        assertThat(blocks.stream().mapToLong(Block::bytes).sum()).isEqualTo(BUDGET);
        assertThat(bytesBacked()).isEqualTo(BUDGET);
    }

    @Test
    void memoryThatSomebodyElseReadsIsNotTaken() {
        List<Block> blocks = fill(1 << 18);
        Block read = blocks.get(0);
        Memory.fill(read.address(), read.bytes(), (byte) 7);
        ownership.seal(read.slot(), read.bytes());
        ownership.lend(read.slot());
        releaseAll(blocks);
        new Reclaimer(slots).returnLent(read.slot());
        try (ByteLocks reader = new ByteLocks(opened.path().resolve(PoolFiles.LEASES))) {
            assertThat(reader.tryLock(read.slot())).isTrue();
            List<Block> others = fill(1 << 14);
            assertThat(others).hasSize((int) ((BUDGET - read.bytes()) / (1 << 14)));
            assertThat(Memory.getLong(read.address() + read.bytes() - 8)).isEqualTo(0x0707070707070707L);
            assertThat(bytesBacked()).isEqualTo(BUDGET);
            new Reclaimer(slots).returnLent(read.slot());
            assertThatThrownBy(() -> allocator.allocate(1 << 14)).isInstanceOf(SharedMemoryException.class);
        }
        new Reclaimer(slots).returnLent(read.slot());
        assertThat(fill(1 << 14)).hasSize((int) (read.bytes() / (1 << 14)));
        assertThat(bytesBacked()).isEqualTo(BUDGET);
    }

    @Test
    void slotsThatRunOutAreNamed() {
        List<Block> blocks = new ArrayList<>();
        assertThatThrownBy(() -> fillInto(blocks, 256)).hasMessageContaining("give the pool more slots");
        assertThat(blocks).hasSize(SLOTS);
        releaseAll(blocks);
        assertThat(allocator.allocate(1 << 18).bytes()).isEqualTo(1 << 18);
        assertThat(allocator.allocate(100).bytes()).isEqualTo(256);
    }

    @Test
    void anyFreeSlotServesAnySize() {
        List<Block> small = new ArrayList<>();
        assertThatThrownBy(() -> fillInto(small, 10)).hasMessageContaining("of which 0 are free");
        // One of each page stays, so that no page can be taken.
        List<Block> released = new ArrayList<>();
        for (int i = 0; i < small.size(); i++) {
            if (i % 16 != 5) {
                released.add(small.get(i));
            } else {
                Memory.fill(small.get(i).address(), 256, (byte) i);
            }
        }
        releaseAll(released);
        for (long bytes : new long[] {1 << 18, 1 << 12, 1 << 10, 1 << 18}) {
            long left = BUDGET - SLOTS * 256L;
            List<Block> blocks = fill(bytes);
            assertThat(blocks).hasSizeGreaterThanOrEqualTo((int) Math.min(left / bytes, released.size()));
            assertThat(blocks).allSatisfy(block -> assertThat(block.bytes()).isGreaterThanOrEqualTo(bytes));
            assertNoOverlap(blocks);
            releaseAll(blocks);
        }
        for (int i = 5; i < small.size(); i += 16) {
            assertThat(Memory.getLong(small.get(i).address() + 248)).isEqualTo((i & 255) * 0x0101010101010101L);
        }
        assertThat(bytesBacked()).isLessThanOrEqualTo(BUDGET);
    }

    @Test
    void aSlotThatSomebodyElseReadsServesNoOtherSize() {
        List<Block> small = new ArrayList<>();
        assertThatThrownBy(() -> fillInto(small, 10)).hasMessageContaining("is full");
        Block read = small.get(3);
        Memory.fill(read.address(), read.bytes(), (byte) 7);
        ownership.seal(read.slot(), read.bytes());
        ownership.lend(read.slot());
        ownership.release(read.slot());
        new Reclaimer(slots).returnLent(read.slot());
        try (ByteLocks reader = new ByteLocks(opened.path().resolve(PoolFiles.LEASES))) {
            assertThat(reader.tryLock(read.slot())).isTrue();
            assertThatThrownBy(() -> allocator.allocate(1 << 18)).hasMessageContaining("every block");
            assertThat(Memory.getLong(read.address() + read.bytes() - 8)).isEqualTo(0x0707070707070707L);
        }
        new Reclaimer(slots).returnLent(read.slot());
        assertThat(allocator.allocate(1 << 18).slot()).isEqualTo(read.slot());
    }

    @Test
    void filesThatNoSlotLiesInAreDeleted() throws IOException {
        for (int round = 0; round < 5; round++) {
            for (long bytes : new long[] {1 << 18, 3 << 17, 1 << 16, 5 << 14}) {
                releaseAll(fill(bytes));
            }
        }
        int slabs = statistics().stream().mapToInt(SizeClassStatistics::slabs).sum();
        try (Stream<Path> files = Files.list(directory.resolve(PoolFiles.SLABS))) {
            assertThat(files.filter(file -> !file.endsWith("table"))).hasSize(slabs);
        }
        assertThat(slabs).isLessThanOrEqualTo(32);
    }

    @Test
    void slotsGoFromSizeToSizeWhileSeveralProcessesUseThem() throws IOException {
        long budget = 2 << 20;
        remake(budget, 80);
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("BlockAllocatorTest, several processes: -Dseed=" + seed);
        Random random = new Random(seed);
        List<Ownership> processes = List.of(ownership, new Ownership(slots, 1), new Ownership(slots, 2));
        List<BlockAllocator> allocators = new ArrayList<>();
        for (Ownership process : processes) {
            allocators.add(new BlockAllocator(opened.path(), budget, process));
        }
        List<List<Filled>> live = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        int full = 0;
        for (int step = 0; step < 6_000; step++) {
            int process = random.nextInt(processes.size());
            List<Filled> own = live.get(process);
            // Sizes drift, and so do the slots.
            int largest = 256 << (step / 500 % 6 * 2);
            if (own.isEmpty() || random.nextInt(100) < 52) {
                long bytes = 1L + random.nextInt(largest);
                try {
                    own.add(filled(allocators.get(process).allocate(bytes), bytes, random.nextLong()));
                } catch (SharedMemoryException e) {
                    assertThat(e.kind()).isEqualTo(Kind.FULL);
                    full++;
                    while (own.size() > 2) {
                        checkAndRelease(own.remove(random.nextInt(own.size())), processes.get(process));
                    }
                }
            } else {
                checkAndRelease(own.remove(random.nextInt(own.size())), processes.get(process));
            }
        }
        assertThat(full).isPositive();
        assertThat(bytesBacked()).isLessThanOrEqualTo(budget);
        for (int process = 0; process < processes.size(); process++) {
            Ownership owner = processes.get(process);
            live.get(process).forEach(filled -> checkAndRelease(filled, owner));
        }
        for (BlockAllocator one : allocators) {
            for (long bytes : new long[] {1 << 20, 1, 1 << 16}) {
                Block block = one.allocate(bytes);
                assertThat(block.bytes()).isGreaterThanOrEqualTo(bytes);
                processes.get(allocators.indexOf(one)).release(block.slot());
            }
        }
        allocators.forEach(BlockAllocator::close);
    }

    @Test
    void aLargerFreeBlockServesOnceNoSlotIsLeft() {
        Block large = allocator.allocate(1 << 18);
        List<Block> blocks = new ArrayList<>();
        assertThatThrownBy(() -> fillInto(blocks, 300)).hasMessageContaining("give the pool more slots");
        ownership.release(large.slot());
        assertThat(allocator.allocate(1000).slot()).isEqualTo(large.slot());
    }

    @Test
    void slotsThatWereUnbackedByAKilledProcessAndNotPunchedComeBack() {
        List<Block> blocks = fill(1 << 16);
        releaseAll(blocks);
        blocks.forEach(block -> assertThat(ownership.unback(block.slot())).isTrue());
        assertThat(bytesBacked()).isEqualTo(BUDGET);
        assertThat(fill(1 << 18)).hasSize(4);
        assertThat(bytesBacked()).isEqualTo(BUDGET);
    }

    @Test
    void aSlabWhoseCreatorDiedBeforeItsSlotsWereFreeIsUsed() {
        try (SlabTable table = new SlabTable(opened.path(), SLOTS)) {
            Slab slab = table.next(4096, 0, 1, 2);
            slab.createFile();
            slab.back(slab.pages(slot -> true));
            table.add(slab);
        }
        assertThat(allocator.allocate(4096).slot()).isZero();
        assertThat(fill(4096)).hasSize((int) (BUDGET / 4096) - 1);
        assertThat(bytesBacked()).isEqualTo(BUDGET);
    }

    @Test
    void statisticsCountEveryBlock() {
        Block sealed = allocator.allocate(4000);
        ownership.seal(sealed.slot(), 1024);
        Block building = allocator.allocate(4096);
        List<SizeClassStatistics> statistics = statistics();
        assertThat(statistics).hasSize(1);
        SizeClassStatistics pages = statistics.get(0);
        assertThat(pages)
                .isEqualTo(new SizeClassStatistics(
                        4096, pages.slabs(), pages.blocks(), pages.blocks() - 2, 0, 1, 1, 0, 1024, bytesBacked()));
        assertThat(pages.bytesInUse()).isEqualTo(2 * 4096);
        assertThat(SizeClassStatistics.fragmentation(statistics)).isEqualTo(0.75);
        ownership.release(building.slot());
        ownership.release(sealed.slot());
        assertThat(SizeClassStatistics.fragmentation(statistics())).isZero();
    }

    @Test
    void blocksOfManySizesNeverOverlapAndAllMemoryCanBecomeOneSizeAgain() throws IOException {
        long budget = 8 << 20;
        remake(budget, 8192);
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("BlockAllocatorTest: -Dseed=" + seed);
        Random random = new Random(seed);
        List<Filled> live = new ArrayList<>();
        int full = 0;
        for (int step = 0; step < 15_000; step++) {
            // Sizes drift, and sometimes nearly everything is freed.
            int largest = 4096 << (step / 3000 % 5 * 2);
            if (random.nextInt(2000) == 0) {
                while (live.size() > 3) {
                    checkAndRelease(live.remove(random.nextInt(live.size())));
                }
            }
            if (live.isEmpty() || random.nextInt(100) < 55) {
                long bytes = 1L + random.nextInt(largest);
                try {
                    live.add(filled(allocator.allocate(bytes), bytes, random.nextLong()));
                } catch (SharedMemoryException e) {
                    assertThat(e.kind()).isEqualTo(Kind.FULL);
                    full++;
                    checkAndRelease(live.remove(random.nextInt(live.size())));
                }
            } else {
                checkAndRelease(live.remove(random.nextInt(live.size())));
            }
            if (step % 100 == 0) {
                assertThat(bytesBacked()).isLessThanOrEqualTo(budget);
                assertInUse(live);
            }
        }
        assertThat(full).isPositive();
        live.forEach(this::checkAndRelease);
        for (long bytes : new long[] {1 << 20, 1 << 12, 1 << 19, 5 << 10, 1 << 20}) {
            List<Block> blocks = fill(bytes);
            long whole = budget / bytes;
            assertThat(blocks.size()).as("blocks of %d", bytes).isBetween((int) (whole * 15 / 16), (int) whole);
            assertThat(bytesBacked()).isLessThanOrEqualTo(budget);
            releaseAll(blocks);
        }
        assertThat(fill(1 << 20)).hasSize(8);
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
        Files.write(directory.resolve(PoolFiles.SLABS).resolve("1"), new byte[10]);
        Block block = allocator.allocate(1 << 18);
        assertThat(Files.size(directory.resolve(PoolFiles.SLABS).resolve("1"))).isGreaterThanOrEqualTo(block.bytes());
    }

    @Test
    void aFileThatCannotBeMadeLeavesLargerFreeBlocksUsable() throws IOException {
        Block larger = allocator.allocate(1 << 18);
        ownership.release(larger.slot());
        Path inTheWay = Files.createDirectory(directory.resolve(PoolFiles.SLABS).resolve("2"));
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
        assertThatThrownBy(() -> fillInto(blocks, bytes))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("is full");
        return blocks;
    }

    private void fillInto(List<Block> blocks, long bytes) {
        while (true) {
            blocks.add(allocator.allocate(bytes));
        }
    }

    private void releaseAll(List<Block> blocks) {
        blocks.forEach(block -> ownership.release(block.slot()));
    }

    private record Filled(Block block, long bytes, long content) {}

    private static Filled filled(Block block, long bytes, long content) {
        assertThat(block.bytes()).isGreaterThanOrEqualTo(bytes);
        for (long at = 0; at < block.bytes(); at += Long.BYTES) {
            Memory.putLong(block.address() + at, content + at);
        }
        return new Filled(block, bytes, content);
    }

    private void checkAndRelease(Filled filled) {
        checkAndRelease(filled, ownership);
    }

    private static void checkAndRelease(Filled filled, Ownership owner) {
        Block block = filled.block;
        boolean same = true;
        for (long at = 0; at < block.bytes(); at += Long.BYTES) {
            same &= Memory.getLong(block.address() + at) == filled.content + at;
        }
        assertThat(same).as("%s has what was written", filled).isTrue();
        owner.release(block.slot());
    }

    private void assertInUse(List<Filled> live) {
        assertThat(statistics().stream()
                        .mapToLong(SizeClassStatistics::bytesInUse)
                        .sum())
                .isEqualTo(
                        live.stream().mapToLong(filled -> filled.block.bytes()).sum());
    }

    private List<SizeClassStatistics> statistics() {
        return allocator.statistics().stream()
                .map(counter -> counter.to(SizeClassStatistics::new))
                .toList();
    }

    private long bytesBacked() {
        return statistics().stream().mapToLong(SizeClassStatistics::bytesBacked).sum();
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
