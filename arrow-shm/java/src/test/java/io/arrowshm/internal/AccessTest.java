package io.arrowshm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.testing.TestPool;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AccessTest {
    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(4 << 20, 256);

    private SharedMemoryPool pool;

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
    }

    @Test
    void aReferenceThatIsClaimedStaysInFlightForOthers() {
        try (Epoch epoch = pool.openEpoch("sender");
                Segment segment = array(ArraySpec.of(DType.INT64, 3))) {
            SegmentRef reference = segment.trySend(epoch);
            segment.close();
            for (int i = 0; i < 3; i++) {
                try (Segment claimed = Access.claim(pool, reference)) {
                    assertThat(claimed.mutableArray().size()).isEqualTo(3);
                }
            }
            assertThat(pool.statistics().segmentsInFlight()).isEqualTo(1);
            try (Segment claimed = Access.claim(pool, reference)) {
                pool.receive(reference).close();
                assertThat(pool.statistics().segments()).isEqualTo(1);
                assertThat(claimed.isMutable()).isTrue();
            }
            assertThat(pool.statistics().segments()).isZero();
            assertThatThrownBy(() -> Access.claim(pool, reference))
                    .isInstanceOf(SharedMemoryException.class)
                    .extracting("kind")
                    .isEqualTo(Kind.STALE_REFERENCE);
        }
    }

    @Test
    void aClaimOfASlotThatIsUsedAgainIsRefused() {
        try (Epoch epoch = pool.openEpoch("sender")) {
            SegmentRef old;
            try (Segment segment = array(ArraySpec.of(DType.INT64, 3))) {
                old = segment.trySend(epoch);
                pool.receive(old).close();
            }
            try (Segment next = array(ArraySpec.of(DType.INT64, 3))) {
                SegmentRef reference = next.trySend(epoch);
                assertThat(reference.slot()).isEqualTo(old.slot());
                assertThatThrownBy(() -> Access.claim(pool, old)).hasMessageContaining("stale");
                pool.receive(reference).close();
            }
        }
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void everyViewIsTheSameInAnotherHandle() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        ArraySpec spec = ArraySpec.of(DType.INT32, 4, 5, 6)
                .withDimensionNames("z", "y", "")
                .withAttributes(Map.of("unit", "counts"));
        try (Segment segment = array(spec);
                Segment other = segment.retain()) {
            MutableNdArray whole = segment.mutableArray();
            int[] values = random.ints(120).toArray();
            whole.copyFrom(values, 0);
            for (int i = 0; i < 200; i++) {
                NdArray view = view(whole, random);
                NdArray opened = Access.openView(other, Access.viewOf(view));
                assertThat(opened).isExactlyInstanceOf(NdArray.class);
                assertThat(opened.shape()).isEqualTo(view.shape());
                assertThat(opened.strides()).isEqualTo(view.strides());
                assertThat(opened.dimensionNames()).isEqualTo(view.dimensionNames());
                assertThat(opened.attributes()).isEqualTo(view.attributes());
                assertThat(opened.toInts()).isEqualTo(view.toInts());
            }
            Access.openMutableView(other, Access.viewOf(whole.select(0, 1))).fill(7L);
            assertThat(whole.select(0, 1).toInts()).containsOnly(7);
            assertThat(Access.segmentOf(whole.transpose())).isSameAs(segment);
        }
    }

    @Test
    void aViewOfAFieldHasItsType() {
        DType point = DType.parse("[('x', '<f8'), ('name', '<U3')]");
        try (Segment segment = array(ArraySpec.of(point, 2))) {
            segment.mutableArray().field("name").fill("abc");
            NdArray names = Access.openView(
                    segment, Access.viewOf(segment.mutableArray().field("name")));
            assertThat(names.toStrings()).containsExactly("abc", "abc");
        }
    }

    @Test
    void aViewThatDoesNotFitTheSegmentIsRefused() {
        try (Segment large = array(ArraySpec.of(DType.INT64, 100));
                Segment small = array(ArraySpec.of(DType.INT64, 10))) {
            byte[] view = Access.viewOf(large.mutableArray().slice(0, 50, 100));
            assertThatThrownBy(() -> Access.openView(small, view))
                    .isInstanceOf(SharedMemoryException.class)
                    .hasMessageContaining("does not lie in");
            assertThatThrownBy(() -> Access.openView(small, new byte[] {0, 0, 1, 0}))
                    .isInstanceOf(SharedMemoryException.class)
                    .hasMessageContaining("there is no such view");
        }
    }

    @Test
    void onlyASharedArrayIsOpenedToBeWritten() {
        try (ArrayWriter writer = pool.newArray(ArraySpec.of(DType.INT64, 10))) {
            MutableNdArray unsealed = writer.array();
            assertThatThrownBy(() -> Access.segmentOf(unsealed)).hasMessageContaining("still being written");
            try (Segment segment = writer.seal()) {
                byte[] view = Access.viewOf(segment.array());
                assertThat(Access.openView(segment, view).size()).isEqualTo(10);
                assertThatThrownBy(() -> Access.openMutableView(segment, view)).hasMessageContaining("immutable");
            }
        }
    }

    @Test
    void numbersOfASharedArrayAreChangedByAtomicSteps() {
        try (Segment segment = array(ArraySpec.of(DType.INT64, 4));
                Segment floats = array(ArraySpec.of(DType.FLOAT64, 4))) {
            segment.mutableArray().fill(0L);
            SharedLongs longs = Access.longsOf(segment);
            longs.set(1, 5);
            assertThat(longs.compareAndSet(1, 4, 9)).isFalse();
            assertThat(longs.compareAndSet(1, 5, 9)).isTrue();
            assertThat(segment.mutableArray().toLongs()).containsExactly(0, 9, 0, 0);
            assertThat(longs.get(1)).isEqualTo(9);
            assertThatThrownBy(() -> longs.get(4)).hasMessageContaining("allowed 0 to 3");
            assertThatThrownBy(() -> Access.longsOf(floats)).hasMessageContaining("int64");
        }
    }

    @Test
    void anArrayThatMayBeForgottenGivesItsMemoryBack() {
        Access.newForgettableArray(pool, ArraySpec.of(DType.INT64, 10));
        testPool.await("the forgotten array is freed", statistics -> {
            System.gc();
            return statistics.segments() == 0;
        });
    }

    private Segment array(ArraySpec spec) {
        try (ArrayWriter writer = pool.newArray(spec)) {
            return writer.share();
        }
    }

    private static NdArray view(NdArray whole, Random random) {
        NdArray view = whole;
        for (int steps = random.nextInt(4); steps > 0 && view.dimensions() > 0; steps--) {
            int axis = random.nextInt(view.dimensions());
            long length = view.length(axis);
            view = switch (random.nextInt(length == 0 ? 2 : 4)) {
                case 0 -> view.transpose();
                case 1 -> view.slice(axis, 0, length, 1 + random.nextInt(2));
                case 2 -> view.slice(axis, length - 1, -1, -1 - random.nextInt(2));
                default -> view.select(axis, random.nextInt((int) length));
            };
        }
        return view;
    }
}
