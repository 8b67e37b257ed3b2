package io.arrowshm;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.inspect.Verification;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.testing.TestPool;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LongUseTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final int SLOTS = 4096;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(64 * MEBIBYTE);

    @RegisterExtension
    final TestPool smallerPool = TestPool.ofBytes(16 * MEBIBYTE, SLOTS);

    @Test
    void whatManySmallSegmentsHadServesLargeOnes() {
        List<Segment> small = arrays(testPool, 10, PoolOptions.DEFAULT_SLOTS);
        assertThat(testPool.pool().statistics().segments()).isEqualTo(PoolOptions.DEFAULT_SLOTS);
        small.forEach(Segment::close);

        List<Segment> large = arrays(testPool, MEBIBYTE - 4096, 60);
        large.forEach(Segment::close);

        arrays(testPool, 10, 1000).forEach(Segment::close);
        Verification verified = Verifier.verify(testPool.options(), true);
        assertThat(verified.violations()).isEmpty();
    }

    @Test
    void aSmallSegmentInEveryPageKeepsNoSlotFromServingALargeOne() {
        List<Segment> small = arrays(smallerPool, 10, SLOTS);
        List<Segment> kept = new ArrayList<>();
        for (int i = 0; i < small.size(); i++) {
            if (i % 8 == 0) {
                kept.add(small.get(i));
            } else {
                small.get(i).close();
            }
        }
        arrays(smallerPool, MEBIBYTE - 4096, 10).forEach(Segment::close);
        for (int i = 0; i < kept.size(); i++) {
            assertThat(kept.get(i).array().getLong(0)).isEqualTo((byte) (8 * i));
        }
        kept.forEach(Segment::close);
    }

    private static List<Segment> arrays(TestPool pool, long bytes, int count) {
        List<Segment> made = new ArrayList<>();
        ArraySpec spec = ArraySpec.of(DType.INT8, bytes);
        for (int i = 0; i < count; i++) {
            ArrayWriter writer = pool.pool().newArray(spec);
            writer.array().at(0).set((byte) i);
            made.add(writer.seal());
        }
        return made;
    }
}
