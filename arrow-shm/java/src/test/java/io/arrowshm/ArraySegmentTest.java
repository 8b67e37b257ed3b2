package io.arrowshm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.inspect.Invariant;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.inspect.Violation;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.testing.Opened;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ArraySegmentTest {
    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(4 << 20, 256);

    private SharedMemoryPool pool;

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
    }

    @AfterEach
    void everythingIsGivenBack() {
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void anArrayIsWrittenOnceAndReadInPlaceByWhoeverReceivesIt() {
        ArraySpec spec =
                ArraySpec.of(DType.FLOAT64, 30, 40).withDimensionNames("y", "x").withAttributes(Map.of("unit", "K"));
        try (Epoch epoch = pool.openEpoch("sender")) {
            SegmentRef reference;
            try (ArrayWriter writer = pool.newArray(spec)) {
                fill(writer.array());
                try (Segment segment = writer.seal()) {
                    assertThat(segment.isArray()).isTrue();
                    assertThat(segment.isMutable()).isFalse();
                    reference = requireNonNull(segment.trySend(epoch));
                }
            }
            try (Segment received = pool.receive(reference)) {
                NdArray array = received.array();
                assertThat(array.shape()).containsExactly(30, 40);
                assertThat(array.dimensionNames()).containsExactly("y", "x");
                assertThat(array.attributes()).isEqualTo(Map.of("unit", "K"));
                assertThat(array.slice(1, 5, 40, 7).getDouble(3, 2)).isEqualTo(3 * 1000 + 5 + 14);
            }
        }
    }

    @Test
    void aSharedArrayHasAChecksumFromWhenItIsSealed() throws IOException {
        PoolOptions checked = PoolOptions.named(testPool.name() + "-checked")
                .withSizeBytes(4 << 20)
                .withSlots(64)
                .withChecksums(true);
        try (SharedMemoryPool checking = SharedMemoryPool.open(checked);
                ArrayWriter writer = checking.newArray(ArraySpec.of(DType.FLOAT64, 30, 40))) {
            Segment shared = writer.share();
            fill(shared.mutableArray());
            shared.seal();
            Segment second = shared.retain();
            assertThat(Verifier.verify(checked, true).violations()).isEmpty();
            shared.close();

            LentSegment place = second.lend();
            try (RandomAccessFile file = new RandomAccessFile(place.file(), "rw")) {
                file.seek(place.offset() + place.length() - 1);
                file.write(17);
            }
            assertKind(second::close, Kind.CORRUPT);
        } finally {
            assertThat(SharedMemoryPool.remove(checked)).isTrue();
        }
    }

    @Test
    void whoWritesASharedArrayIsSeenByAllAndItsCreatorSealsItOnceAlone() {
        try (Epoch epoch = pool.openEpoch("creator");
                ArrayWriter writer = pool.newArray(ArraySpec.of(DType.FLOAT64, 30, 40))) {
            MutableNdArray writing = writer.array();
            try (Segment shared = writer.share()) {
                assertThatThrownBy(() -> writing.at(0, 0).set(1)).hasMessageContaining("is closed");
                assertThat(shared.isMutable()).isTrue();
                try (Segment other = pool.receive(requireNonNull(shared.trySend(epoch)))) {
                    fill(other.mutableArray());
                    assertThat(shared.array().getDouble(7, 8)).isEqualTo(7008);
                    assertKind(shared::seal, Kind.IN_USE);
                }
                shared.mutableArray().at(7, 8).set(-1);
                requireNonNull(shared.trySend(epoch));
                assertKind(shared::seal, Kind.IN_USE);
                epoch.close();
                pool.sweep();
                MutableNdArray left = shared.mutableArray();
                shared.seal();
                assertThatThrownBy(() -> left.at(0, 0).set(1)).hasMessageContaining("is closed");
                assertThat(shared.isMutable()).isFalse();
                assertThat(shared.array().getDouble(7, 8)).isEqualTo(-1);
                assertKind(shared::mutableArray, Kind.ARGUMENT);
                assertKind(shared::seal, Kind.ARGUMENT);
            }
        }
    }

    @Test
    void whatIsWrittenUnderALeaseIsSealedOnceNobodyDoes() {
        try (ArrayWriter writer = pool.newArray(ArraySpec.of(DType.FLOAT64, 30, 40));
                Segment shared = writer.share();
                ByteLocks outside = Opened.with(pool.directory().resolve(PoolFiles.LEASES), ByteLocks::new)) {
            long lock = PoolFiles.LEASES_OF_WRITERS + shared.lend().slot();
            assertThat(outside.tryLockShared(lock)).isTrue();
            assertKind(shared::seal, Kind.IN_USE);
            assertThat(shared.isMutable()).isTrue();
            outside.unlock(lock);
            shared.seal();
            assertThat(shared.isMutable()).isFalse();
            assertThat(outside.tryLockShared(lock)).isTrue();
            assertThat(Verifier.verify(testPool.options(), false).violations())
                    .extracting(Violation::invariant)
                    .containsExactly(Invariant.WRITERS);
            outside.unlock(lock);
            assertThat(Verifier.verify(testPool.options(), false).violations()).isEmpty();
        }
        testPool.await("what was lent is free", s -> s.segments() == 0);
    }

    @Test
    void anArrayCannotBeReadAfterItsSegmentIsClosed() {
        Segment segment = write();
        NdArray view = segment.array().transpose().select(0, 3);
        assertThat(view.getDouble(2)).isEqualTo(2003);
        segment.close();
        segment.close();
        assertThatThrownBy(() -> view.getDouble(2)).hasMessageContaining("is closed");
        assertKind(segment::array, Kind.CLOSED);
    }

    @Test
    void aWriterThatIsClosedUnsealedGivesItsMemoryBack() {
        ArrayWriter writer = pool.newArray(ArraySpec.of(DType.INT8, 1000));
        MutableNdArray array = writer.array();
        assertThat(pool.statistics().segments()).isEqualTo(1);
        writer.close();
        assertThat(pool.statistics().segments()).isZero();
        assertThatThrownBy(() -> array.at(0).set(1)).hasMessageContaining("is closed");
        assertKind(writer::array, Kind.CLOSED);
        assertKind(writer::seal, Kind.CLOSED);
    }

    @Test
    void anArrayInPrivateMemoryIsReadButNotShared() {
        try (ArrayWriter writer = ArrayWriter.inPrivateMemory(ArraySpec.of(DType.FLOAT64, 30, 40))) {
            fill(writer.array());
            try (Segment segment = writer.seal()) {
                assertThat(segment.array().getDouble(2, 3)).isEqualTo(2003);
            }
        }
        try (ArrayWriter writer = ArrayWriter.inPrivateMemory(ArraySpec.of(DType.FLOAT64, 3))) {
            assertKind(writer::share, Kind.ARGUMENT);
        }
    }

    @Test
    void aBatchIsNoArrayAndAnArrayNoBatch() {
        try (Segment segment = write()) {
            assertKind(segment::root, Kind.CORRUPT);
        }
    }

    private Segment write() {
        try (ArrayWriter writer = pool.newArray(ArraySpec.of(DType.FLOAT64, 30, 40))) {
            fill(writer.array());
            return writer.seal();
        }
    }

    private static void fill(MutableNdArray array) {
        for (int i = 0; i < 30; i++) {
            for (int j = 0; j < 40; j++) {
                array.at(i, j).set(i * 1000 + j);
            }
        }
    }

    private static void assertKind(Runnable action, Kind kind) {
        assertThatThrownBy(action::run)
                .isInstanceOfSatisfying(
                        SharedMemoryException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
