package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.arrowshm.PoolOptions;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.FreeSpace;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.testing.Opened;
import io.arrowshm.testing.PoolProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Fills a small tmpfs of its own before every kind of allocation. Ends with status 0 if each was a clear error. */
public final class FullMemoryProcess {
    private static final long MIB = 1 << 20;
    private static final long LESS_THAN_BLOCK = 4096;

    private final Path directory;
    private final Path filler;
    private final PoolOptions options;

    private FullMemoryProcess(Path directory) {
        this.directory = directory;
        filler = directory.resolve("filler");
        options = PoolOptions.named("full").withDirectory(directory.toString()).withSizeBytes(32 * MIB);
    }

    public static void main(String[] arguments) throws IOException {
        FullMemoryProcess process = new FullMemoryProcess(Path.of(arguments[0]));
        process.aPoolThatIsTooLarge();
        process.anythingThatIsPartOfAPool(65_536, 0, 20 * MIB, MIB);
        process.anythingThatIsPartOfAPool(1024, 5 * MIB / 4, 7 * MIB / 4, 8192);
        process.slabs();
        process.memoryThatOthersTookWhileSlabsWereTrimmed();
        privateMemory();
        System.out.println("done");
    }

    private void aPoolThatIsTooLarge() {
        checkFull(() -> SharedMemoryPool.open(options.withSizeBytes(1 << 30)));
        assertThat(directory).isEmptyDirectory();
    }

    /** With any amount of room a pool is made, or it is an error and nothing is left. */
    private void anythingThatIsPartOfAPool(int slots, long roomFrom, long roomTo, long step) throws IOException {
        PoolOptions small = options.withSizeBytes(64 << 10).withSlots(slots);
        int made = 0;
        int refused = 0;
        for (long room = roomFrom; room <= roomTo; room += step) {
            leave(room);
            try {
                SharedMemoryPool.open(small).close();
                made++;
                assertThat(SharedMemoryPool.remove(small)).isTrue();
            } catch (SharedMemoryException e) {
                refused++;
                checkFull(e);
            }
            assertThat(directory.toFile().list())
                    .containsExactly(filler.getFileName().toString());
        }
        System.out.println(slots + " slots: " + made + " times made, " + refused + " times refused");
        assertThat(made).isPositive();
        assertThat(refused).isPositive();
        free();
    }

    private void slabs() throws IOException {
        try (SharedMemoryPool pool = SharedMemoryPool.open(options)) {
            leave(3 * MIB);
            List<SegmentWriter> writers = new ArrayList<>();
            checkFull(() -> fill(pool, MIB, writers));
            assertThat(writers).hasSize(3);
            free();
            fillUp(pool, MIB, writers);
            assertThat(writers).hasSize(32);
            closeAll(writers);
        }
        assertThat(SharedMemoryPool.remove(options)).isTrue();
    }

    private void memoryThatOthersTookWhileSlabsWereTrimmed() throws IOException {
        try (SharedMemoryPool pool = SharedMemoryPool.open(options)) {
            List<SegmentWriter> large = new ArrayList<>();
            fillUp(pool, 8 * MIB, large);
            assertThat(large).hasSize(4);
            large.remove(0).close();
            SegmentWriter first = pool.newSegment(PoolProcess.SCHEMA, 64 << 10);
            // The large block has lost its memory, the small one took a little of it, others take the rest.
            leave(0);
            List<SegmentWriter> small = new ArrayList<>();
            checkFull(() -> fill(pool, 2 * MIB, small));
            first.close();
            checkFull(() -> fill(pool, 8 * MIB, large));
            // Free memory of the pool's own is room too.
            large.remove(0).close();
            checkFull(() -> fill(pool, 2 * MIB, small));
            assertThat(small).hasSize(4);
            closeAll(small);
            free();
            fillUp(pool, 8 * MIB, large);
            assertThat(large).hasSize(4);
            closeAll(large);
        }
        assertThat(SharedMemoryPool.remove(options)).isTrue();
    }

    private static void privateMemory() {
        SharedMemoryException problem = catchThrowableOfType(
                SharedMemoryException.class,
                () -> SegmentWriter.inPrivateMemory(PoolProcess.SCHEMA, 1L << 50)
                        .close());
        assertThat(problem.kind()).isEqualTo(Kind.FULL);
        assertThat(problem).hasMessageContainingAll("private memory", "wanted 1,125,899,", "MemAvailable", "give");
    }

    private void checkFull(ThrowingCallable allocation) {
        checkFull(catchThrowableOfType(SharedMemoryException.class, allocation));
    }

    private void checkFull(SharedMemoryException problem) {
        assertThat(problem.kind()).as(problem.getMessage()).isEqualTo(Kind.FULL);
        assertThat(problem)
                .hasMessageContaining(directory.toString())
                .hasMessageMatching(".* has [\\d,]+ bytes free, wanted [\\d,]+; .*remount,size=.*--shm-size.*");
    }

    private static void fill(SharedMemoryPool pool, long blockBytes, List<SegmentWriter> writers) {
        while (true) {
            SegmentWriter writer = pool.newSegment(PoolProcess.SCHEMA, blockBytes - LESS_THAN_BLOCK);
            writers.add(writer);
            // Every page of it is written.
            writer.allocator()
                    .buffer(blockBytes - 2 * LESS_THAN_BLOCK)
                    .setOne(0, blockBytes - 2 * LESS_THAN_BLOCK)
                    .close();
        }
    }

    /** Until the pool itself is full. */
    private static void fillUp(SharedMemoryPool pool, long blockBytes, List<SegmentWriter> writers) {
        SharedMemoryException problem =
                catchThrowableOfType(SharedMemoryException.class, () -> fill(pool, blockBytes, writers));
        assertThat(problem.kind()).as(problem.getMessage()).isEqualTo(Kind.FULL);
    }

    private static void closeAll(List<SegmentWriter> writers) {
        writers.forEach(SegmentWriter::close);
        writers.clear();
    }

    private void leave(long room) throws IOException {
        free();
        long free = FreeSpace.of(directory);
        if (free > room) {
            Opened.with(filler, file -> {
                MappedFile.create(file, free - room);
                return file;
            });
        }
    }

    private void free() throws IOException {
        Files.deleteIfExists(filler);
    }
}
