package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.PoolStatistics;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.SizeClassStatistics;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.PoolProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What must hold of a pool that nobody works in, exactly. */
final class QuietPool {
    // Room for the metadata, so that segments of a power of two come out.
    private static final long LESS_THAN_BLOCK = 4096;

    private final PoolOptions options;
    private final SharedMemoryPool pool;

    QuietPool(PoolOptions options, SharedMemoryPool pool) {
        this.options = options;
        this.pool = pool;
    }

    /** Removes what outlives its process by design: datasets, and files that nobody has adopted. */
    void removeLasting() throws IOException {
        Datasets datasets = Datasets.of(pool);
        for (DatasetInfo left : datasets.list()) {
            datasets.delete(left.name());
        }
        try (Stream<Path> files = Files.list(pool.directory().resolve("incoming"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    /** Waits for these numbers, then verifies everything. */
    void assertExactly(int segments, int epochs, int participants) {
        await(
                segments + " segments, " + epochs + " epochs, " + participants + " participants, nothing in flight",
                s -> s.segments() == segments
                        && s.segmentsHeld() == segments
                        && s.segmentsInFlight() == 0
                        && s.segmentsNamed() == 0
                        && s.epochs() == epochs
                        && s.participants() == participants);
        assertThat(Verifier.verify(options, true).violations()).isEmpty();
        assertThat(Datasets.of(pool).verify()).isEmpty();
        assertThat(pool.directory().resolve("names").toFile().list()).containsExactly("lock");
    }

    /**
     * The whole budget can be had for blocks of one size, but for what is less than a block, and given back; nobody holds
     * anything.
     */
    void assertAllCanBeAllocated(long blockBytes) throws IOException {
        List<SegmentWriter> writers = new ArrayList<>();
        try {
            while (true) {
                writers.add(pool.newSegment(PoolProcess.SCHEMA, blockBytes - LESS_THAN_BLOCK));
            }
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).as(e.getMessage()).isEqualTo(SharedMemoryException.Kind.FULL);
            PoolStatistics statistics = pool.statistics();
            assertThat(statistics.segments()).isEqualTo(writers.size());
            // A larger block stands in for some, and is used whole as well.
            assertThat(bytesInUse(statistics))
                    .as("bytes in blocks of %d, then %s; %s", blockBytes, e.getMessage(), statistics)
                    .isBetween(pool.sizeBytes() - blockBytes + 1, pool.sizeBytes());
            assertThat(statistics.backedBytes()).isLessThanOrEqualTo(pool.sizeBytes());
            assertThat(slabFiles()).isEqualTo(slabs(statistics));
        } finally {
            writers.forEach(SegmentWriter::close);
        }
    }

    private static long bytesInUse(PoolStatistics statistics) {
        return statistics.sizeClasses().stream()
                .mapToLong(SizeClassStatistics::bytesInUse)
                .sum();
    }

    long slabFiles() throws IOException {
        try (Stream<Path> files = Files.list(pool.directory().resolve("slabs"))) {
            return files.filter(file -> !file.endsWith("table")).count();
        }
    }

    private static long slabs(PoolStatistics statistics) {
        return statistics.sizeClasses().stream()
                .mapToLong(SizeClassStatistics::slabs)
                .sum();
    }

    void await(String what, Predicate<PoolStatistics> condition) {
        Await.until(what, () -> condition.test(pool.statistics()), pool::statistics);
    }
}
