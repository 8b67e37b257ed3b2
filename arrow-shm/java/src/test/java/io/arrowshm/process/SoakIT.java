package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arrowshm.PoolOptions;
import io.arrowshm.PoolStatistics;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.SizeClassStatistics;
import io.arrowshm.internal.memory.FreeSpace;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Processes that do everything but adopt files, of all sizes, for long: neither memory nor files grow. What is adopted in
 * place is a slab of its own, and their number follows the rare peaks of each size for longer than this runs.
 */
class SoakIT {
    private static final int PROCESSES = 4;
    private static final int MOST_HELD = 150;
    private static final long POOL_BYTES = 2L << 30;
    private static final long FREE_BYTES = 3L << 30;
    private static final long BLOCK_BYTES = 1 << 20;
    // The most that is in use of a size at once is random, and slabs that are idle go when others need their slots, so
    // that there are a tenth more at one time than at another; a leak is linear, and is many times as many.
    private static final double MOST_GROWTH = 1.25;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(POOL_BYTES);

    private final PoolOptions options = testPool.options();
    private final long seconds = Long.getLong("soak.seconds", 60);
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Path directory =
            Path.of("target", "soak-" + ProcessHandle.current().pid()).toAbsolutePath();
    private final List<StormChild> children = new ArrayList<>();
    private final LongestWaits waits = new LongestWaits();
    private double peakFragmentation;
    private long peakBytesInUse;

    @AfterEach
    void endProcesses() throws IOException {
        for (StormChild child : children) {
            child.close();
        }
    }

    @Test
    void neitherMemoryNorFilesGrowUnderLoad() throws Exception {
        long free = FreeSpace.of(testPool.parent());
        assumeTrue(free >= FREE_BYTES, "3 GiB are not free in " + testPool.parent() + ", only " + free + " bytes");
        System.out.println("SoakIT: -Dseed=" + seed + " -Dsoak.seconds=" + seconds);
        Random random = new Random(seed);
        Files.createDirectories(directory);
        for (int i = 0; i < PROCESSES; i++) {
            Inbox.create(directory.resolve("inbox-" + i));
        }
        SharedMemoryPool pool = testPool.pool();
        for (int i = 0; i < PROCESSES; i++) {
            children.add(
                    StormChild.start(testPool.name(), directory, PROCESSES, i, i, random.nextLong(), MOST_HELD, false));
            children.get(i).await("open");
        }
        QuietPool quiet = new QuietPool(options, pool);
        // The first time that all is allocated as one size, slabs for it are made of the slots of those that were idle.
        work(pool, quiet);
        work(pool, quiet);
        long slabFiles = quiet.slabFiles();
        work(pool, quiet);
        report(slabFiles, quiet.slabFiles());
        assertThat(quiet.slabFiles()).isLessThanOrEqualTo((long) (slabFiles * MOST_GROWTH));
        delete(directory);
    }

    /** For a third of the time; then everything is given back, all of it. */
    private void work(SharedMemoryPool pool, QuietPool quiet) throws IOException {
        tellAll("go", "going");
        long start = System.nanoTime();
        while (System.nanoTime() - start < seconds * 1_000_000_000 / 3) {
            PoolStatistics statistics = pool.statistics();
            peakFragmentation = Math.max(peakFragmentation, statistics.fragmentation());
            peakBytesInUse = Math.max(
                    peakBytesInUse,
                    statistics.sizeClasses().stream()
                            .mapToLong(SizeClassStatistics::bytesInUse)
                            .sum());
            LockSupport.parkNanos(1_000_000_000);
        }
        tellAll("pause", "paused");
        tellAll("drain", "drained");
        for (StormChild child : children) {
            child.write("end");
        }
        for (StormChild child : children) {
            String answer = child.await("ended");
            waits.addAll(LongestWaits.parse(answer.substring(answer.lastIndexOf(' ') + 1)));
        }
        quiet.removeLasting();
        quiet.assertExactly(0, PROCESSES, PROCESSES + 1);
        quiet.assertAllCanBeAllocated(BLOCK_BYTES);
    }

    private void tellAll(String command, String answer) throws IOException {
        for (StormChild child : children) {
            child.write(command);
        }
        for (StormChild child : children) {
            child.await(answer);
        }
    }

    private void report(long slabFilesBefore, long slabFilesAtEnd) {
        System.out.printf(
                Locale.ROOT,
                "soak: %d s, %,d operations (%,d a second), at most %,d bytes in use, peak fragmentation %.3f, slab files"
                        + " %d after two thirds and %d at the end%n",
                seconds,
                waits.operations(),
                waits.operations() / seconds,
                peakBytesInUse,
                peakFragmentation,
                slabFilesBefore,
                slabFilesAtEnd);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
