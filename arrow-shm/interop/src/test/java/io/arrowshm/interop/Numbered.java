package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.NdArray;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TestPool;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * Datasets whose content follows from a seed, as the processes of all languages write them, so that whoever reads one can tell
 * whether all of it is of one publication. Stateless.
 */
final class Numbered {
    static final List<String> STORM_NAMES = List.of("storm/a", "storm/b", "c");

    private Numbered() {}

    static Segment array(SharedMemoryPool pool, long seed) {
        try (var writer = pool.newArray(ArraySpec.of(DType.parse("<i8"), rows(seed)))) {
            writer.array().copyFrom(numbers(seed), 0);
            return writer.seal();
        }
    }

    /** The first number, of which the others must follow, in an array or a batch. */
    static long seedOf(Segment segment) {
        if (!segment.isArray()) {
            assertThat(PoolProcess.check(segment)).isEqualTo("right");
            return PoolProcess.sum(segment);
        }
        NdArray array = segment.array();
        long[] numbers = new long[(int) array.shape()[0]];
        array.copyTo(numbers, 0);
        assertThat(numbers).isEqualTo(numbers(numbers[0]));
        return numbers[0];
    }

    static void assertRight(Dataset dataset, long seed) {
        assertThat(dataset.attributes()).containsEntry("seed", seed);
        assertThat(dataset.root().segments()).hasSize(DatasetProcess.segments(seed));
        for (String path : dataset.root().segments()) {
            assertThat(seedOf(dataset.segment(path))).isEqualTo(seed);
        }
    }

    /** Whether there was one; what is there is whole. */
    static int readOne(SharedMemoryPool pool, Random random) {
        try (Dataset dataset = Datasets.of(pool).open(STORM_NAMES.get(random.nextInt(STORM_NAMES.size())))) {
            assertRight(dataset, (Long) dataset.attributes().get("seed"));
            return 1;
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).as(e.getMessage()).isEqualTo(SharedMemoryException.Kind.ABSENT);
            return 0;
        }
    }

    static void deleteAll(SharedMemoryPool pool) {
        for (DatasetInfo left : Datasets.of(pool).list()) {
            try {
                Datasets.of(pool).delete(left.name());
            } catch (SharedMemoryException e) {
                // What was to end with a dead process a repair deletes at the same time.
                assertThat(e.kind()).as(e.getMessage()).isEqualTo(SharedMemoryException.Kind.ABSENT);
            }
        }
    }

    static void assertNothingIsViolated(TestPool testPool) {
        assertThat(Verifier.verify(testPool.options(), true).violations()).isEmpty();
    }

    private static long rows(long seed) {
        return 1 + seed % 2000;
    }

    private static long[] numbers(long seed) {
        return LongStream.range(seed, seed + rows(seed)).toArray();
    }
}
