package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.PoolStatistics;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.SizeClassStatistics;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that dies while it holds the creation lock, at each place where slabs are neither as before nor as after. */
class KilledAllocatorIT {
    private static final long SIZE_BYTES = 8 << 20;
    private static final int SLOTS = 1024;
    private static final int HALTED = 137;
    // Room for the metadata, so that segments of a power of two come out.
    private static final long LESS_THAN_BLOCK = 4096;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(SIZE_BYTES, SLOTS);

    private SharedMemoryPool pool;

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
    }

    @ParameterizedTest
    @EnumSource(
            names = {"SLAB_FILE_WITHOUT_ENTRY", "SLAB_PARTLY_NAMED", "SLAB_ENTRY_WITHOUT_FREE_SLOTS", "BACKED_NOT_FREE"
            })
    void aSlabThatWasNotFinishedIsFinishedOrReplaced(FaultPoint place) throws IOException {
        killChildAt(place);
        checkEverythingCanBeAllocated();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "UNBACKED_WITH_MEMORY",
                "PUNCHED",
                "SLAB_FILE_WITHOUT_ENTRY",
                "SLAB_PARTLY_NAMED",
                "SLAB_ENTRY_WITHOUT_FREE_SLOTS",
                "SLAB_FILE_LEFT",
                "BACKED_NOT_FREE"
            })
    void memoryThatWasOnItsWayToAnotherSizeComesBack(FaultPoint place) throws IOException {
        closeAll(fill(1 << 20));
        killChildAt(place);
        checkEverythingCanBeAllocated();
    }

    @ParameterizedTest
    @EnumSource(names = {"UNBACKED_WITH_MEMORY", "PUNCHED", "BACKED_NOT_FREE"})
    void memoryThatWasOnItsWayBackComesBack(FaultPoint place) throws IOException {
        // The size that the child asks for has slots that lost their memory.
        closeAll(fill(PoolProcess.BUILD_BYTES + LESS_THAN_BLOCK));
        closeAll(fill(1 << 20));
        killChildAt(place);
        checkEverythingCanBeAllocated();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "SLOTS_TAKEN",
                "SLAB_FILE_WITHOUT_ENTRY",
                "SLAB_PARTLY_NAMED",
                "SLAB_ENTRY_WITHOUT_FREE_SLOTS",
                "BACKED_NOT_FREE"
            })
    void slotsThatWereOnTheirWayToAnotherSizeComeBack(FaultPoint place) throws IOException {
        closeAll(fill(LESS_THAN_BLOCK));
        assertThat(pool.statistics().sizeClasses().stream()
                        .mapToInt(SizeClassStatistics::blocks)
                        .sum())
                .isEqualTo(SLOTS);
        killChildAt(place);
        checkEverythingCanBeAllocated();
    }

    private void killChildAt(FaultPoint place) throws IOException {
        try (Child child = Child.start(
                List.of(), List.of("-Darrow-shm.fault=halt:" + place), PoolProcess.class, testPool.name())) {
            assertThat(child.read()).isEqualTo("pool " + pool.directory());
            child.write("build");
            assertThat(child.read()).isNull();
            assertThat(child.exitStatus()).isEqualTo(HALTED);
        }
        pool.sweep();
    }

    private void checkEverythingCanBeAllocated() throws IOException {
        for (int blockBytes : new int[] {1 << 17, 1 << 20, 1 << 16, 1 << 20}) {
            List<SegmentWriter> writers = fill(blockBytes);
            assertThat(writers).hasSize((int) (SIZE_BYTES / blockBytes));
            PoolStatistics statistics = pool.statistics();
            assertThat(statistics.segments()).isEqualTo(writers.size());
            assertThat(statistics.backedBytes()).isEqualTo(SIZE_BYTES);
            assertThat(slabFiles())
                    .isEqualTo(statistics.sizeClasses().stream()
                            .mapToLong(SizeClassStatistics::slabs)
                            .sum());
            closeAll(writers);
        }
        assertThat(pool.statistics().segments()).isZero();
    }

    private List<SegmentWriter> fill(long blockBytes) {
        List<SegmentWriter> writers = new ArrayList<>();
        assertThatThrownBy(() -> {
                    while (true) {
                        writers.add(pool.newSegment(PoolProcess.SCHEMA, blockBytes - LESS_THAN_BLOCK));
                    }
                })
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("is full");
        return writers;
    }

    private static void closeAll(List<SegmentWriter> writers) {
        writers.forEach(SegmentWriter::close);
    }

    private long slabFiles() throws IOException {
        try (Stream<Path> files = Files.list(pool.directory().resolve("slabs"))) {
            return files.filter(file -> !file.endsWith("table")).count();
        }
    }
}
