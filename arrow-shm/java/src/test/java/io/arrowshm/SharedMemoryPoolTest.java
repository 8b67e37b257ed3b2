package io.arrowshm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.IncomingChannel;
import io.arrowshm.internal.OutgoingChannel;
import io.arrowshm.internal.SegmentIdentity;
import io.arrowshm.internal.arrow.ArrowMemory;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.NpyFile;
import io.arrowshm.testing.TestPool;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.TransferPair;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SharedMemoryPoolTest {
    private static final Schema SCHEMA = new Schema(List.of(
            Field.nullable("number", new ArrowType.Int(64, true)), Field.nullable("text", ArrowType.Utf8.INSTANCE)));
    private static final long BODY_BYTES = 64 << 10;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(4 << 20, 1024);

    private SharedMemoryPool pool;

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
    }

    @Test
    void whatWasWrittenIsReadInPlace() {
        try (Segment segment = write(100)) {
            assertThat(segment.isIn(pool)).isTrue();
            check(segment, 100);
        }
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void aReferenceCarriesTheSegmentToItsReceiver() {
        try (Epoch sender = pool.openEpoch("sender")) {
            SegmentRef reference;
            try (Segment segment = write(10)) {
                reference = segment.trySend(sender);
            }
            assertThat(pool.statistics().segmentsHeld()).isZero();
            assertThat(pool.statistics().segmentsInFlight()).isEqualTo(1);
            try (Segment received = pool.receive(reference)) {
                check(received, 10);
            }
            assertThat(pool.statistics().segments()).isZero();
            assertThatThrownBy(() -> pool.receive(reference))
                    .isInstanceOf(SharedMemoryException.class)
                    .extracting("kind")
                    .isEqualTo(Kind.STALE_REFERENCE);
        }
    }

    @Test
    void whatAnEndedEpochHadInFlightIsTakenBackOnceItsReceiverIsGoneToo() {
        Epoch receiver = pool.openEpoch("receiver");
        try (Epoch sender = pool.openEpoch("sender")) {
            OutgoingChannel out = Access.openChannel(sender);
            IncomingChannel in = Access.join(receiver, out.index(), out.nonce());
            assertThat(in).isNotNull();
            assertThat(out.isJoined()).isTrue();
            out.sent(5);
            assertThat(out.bytesInFlight()).isEqualTo(5);
            in.received(5);
            assertThat(out.bytesInFlight()).isZero();
            try (Segment segment = write(10)) {
                assertThat(segment.trySend(sender)).isNotNull();
            }
        }
        pool.sweep();
        assertThat(pool.statistics().segmentsInFlight()).isEqualTo(1);
        receiver.close();
        pool.sweep();
        pool.sweep();
        assertThat(pool.statistics().segments()).isZero();
        assertThat(pool.statistics().epochs()).isZero();
    }

    @Test
    void aFullPoolIsAClearErrorAndRoomComesBack() {
        List<Segment> segments = new ArrayList<>();
        assertThatThrownBy(() -> {
                    while (true) {
                        segments.add(write(1));
                    }
                })
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("is full")
                .extracting("kind")
                .isEqualTo(Kind.FULL);
        assertThat(segments).hasSizeGreaterThan(40);
        segments.forEach(Segment::close);
        write(1).close();
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void aSegmentWithoutValidityIsGivenBackWhenItsReaderCloses() {
        Schema schema = new Schema(List.of(Field.notNullable("number", new ArrowType.Int(64, true))));
        try (SegmentWriter writer = pool.newSegment(schema, BODY_BYTES)) {
            writer.load(writer.root().getVector(0), 1000, writer.allocator().buffer(8000));
            writer.root().setRowCount(1000);
            try (Segment segment = writer.seal()) {
                assertThat(segment.root().getVector(0).getNullCount()).isZero();
                assertThat(pool.statistics().segments()).isEqualTo(1);
            }
        }
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void accessAfterCloseThrows() {
        Segment segment = write(3);
        var root = segment.root();
        segment.close();
        segment.close();
        assertThatThrownBy(segment::root).isInstanceOf(SharedMemoryException.class);
        assertThatThrownBy(() -> ((BigIntVector) root.getVector(0)).get(0)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void aRetainedBufferKeepsTheSegment() {
        Segment segment = write(3);
        var buffer = segment.root().getVector(0).getDataBuffer();
        buffer.getReferenceManager().retain();
        segment.close();
        assertThat(pool.statistics().segments()).isEqualTo(1);
        assertThat(buffer.getLong(8)).isEqualTo(1);
        buffer.getReferenceManager().release();
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void anAbandonedWriterGivesItsMemoryBack() {
        try (SegmentWriter writer = pool.newSegment(SCHEMA, BODY_BYTES)) {
            writer.root().allocateNew();
            assertThat(pool.statistics().segments()).isEqualTo(1);
        }
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void filesAreBackedAndPrivateToTheUser() throws Exception {
        write(1).close();
        assertThat(Files.getPosixFilePermissions(pool.directory())).hasSize(3);
        assertThat(Files.getPosixFilePermissions(pool.directory().resolve("slabs/1")))
                .hasSize(2);
    }

    @Test
    void aBodyThatCannotBeIsRefusedBeforeAnythingIsWritten() {
        for (long bodyBytes : new long[] {-1, -1000, Long.MIN_VALUE, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> pool.newSegment(SCHEMA, bodyBytes))
                    .isInstanceOf(SharedMemoryException.class)
                    .extracting("kind")
                    .isEqualTo(Kind.ARGUMENT);
        }
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void sealingIsRefusedWhileABufferIsRetainedAndTheMemoryStaysUntilItIsReleased() {
        SegmentWriter writer = pool.newSegment(SCHEMA, BODY_BYTES);
        writer.root().allocateNew();
        writer.root().setRowCount(1);
        ArrowBuf retained = writer.root().getVector(0).getDataBuffer();
        retained.getReferenceManager().retain();
        assertThatThrownBy(writer::seal)
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("retained");
        writer.close();
        assertThat(pool.statistics().segments()).isEqualTo(1);
        retained.setLong(0, 1);
        retained.getReferenceManager().release();
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void sealingIsRefusedWhileABufferBelongsToAnotherAllocator() {
        try (SegmentWriter writer = pool.newSegment(SCHEMA, BODY_BYTES);
                BufferAllocator other = ArrowMemory.root().newChildAllocator("other", 0, Long.MAX_VALUE)) {
            writer.root().allocateNew();
            writer.root().setRowCount(1);
            TransferPair transfer = writer.root().getVector(0).getTransferPair(other);
            transfer.transfer();
            assertThatThrownBy(writer::seal)
                    .isInstanceOf(SharedMemoryException.class)
                    .hasMessageContaining("retained");
            transfer.getTo().close();
        }
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void unsupportedTypesAreRefused() {
        for (ArrowType type : List.of(
                new ArrowType.ListView(),
                new ArrowType.Utf8View(),
                new ArrowType.Decimal(5, 2, 32),
                new ArrowType.Union(UnionMode.Dense, new int[] {1}))) {
            Schema schema = new Schema(List.of(Field.nullable("f", type)));
            assertThatThrownBy(() -> pool.newSegment(schema, BODY_BYTES))
                    .isInstanceOf(SharedMemoryException.class)
                    .hasMessageContaining("cannot be written into a segment")
                    .extracting("kind")
                    .isEqualTo(Kind.ARGUMENT);
        }
    }

    @Test
    void anEpochThatOutlivesItsPoolTouchesNothing() {
        Epoch epoch = pool.openEpoch("outlives");
        OutgoingChannel channel = Access.openChannel(epoch);
        pool.close();
        assertThat(Access.openChannel(epoch)).isNull();
        assertThat(channel.isJoined()).isFalse();
        epoch.close();
    }

    @Test
    void nothingIsSentInTheNameOfAClosedEpoch() {
        Epoch epoch = pool.openEpoch("closed");
        epoch.close();
        try (Segment segment = write(1)) {
            assertThatThrownBy(() -> segment.trySend(epoch)).isInstanceOf(SharedMemoryException.class);
        }
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void anAnswerToAnEarlierInvitationIsNone() {
        try (Epoch receiver = pool.openEpoch("receiver")) {
            OutgoingChannel earlier;
            try (Epoch sender = pool.openEpoch("earlier")) {
                earlier = Access.openChannel(sender);
            }
            pool.sweep();
            try (Epoch sender = pool.openEpoch("later")) {
                OutgoingChannel later = Access.openChannel(sender);
                assertThat(later.index()).isEqualTo(earlier.index());
                assertThat(Access.join(receiver, earlier.index(), earlier.nonce()))
                        .isNull();
                assertThat(Access.join(receiver, later.index(), 0)).isNull();
                assertThat(later.isJoined()).isFalse();
                assertThat(Access.join(receiver, later.index(), later.nonce())).isNotNull();
                assertThat(later.isJoined()).isTrue();
            }
        }
    }

    @Test
    void aForgottenHandleIsClosedByTheCollector() {
        forget();
        collectForgotten(0);
    }

    @Test
    void aSegmentOutlivesItsForgottenWriterAndIsGivenBackAtOnceWhenItIsClosed() {
        Segment kept = sealedByAWriterThatIsForgotten();
        // Whoever finds this one has found the writer as well.
        forget();
        collectForgotten(1);
        check(kept, 0);

        kept.close();

        assertThat(pool.statistics().segments()).isZero();
        assertThatThrownBy(kept::root).hasMessageContaining("was released by the thread");
    }

    @Test
    void aSegmentThatIsReceivedForACallIsClosedByTheCaller() {
        try (Segment segment = write(10);
                Epoch epoch = pool.openEpoch("sender")) {
            Segment received = Access.receiveForCall(pool, requireNonNull(segment.trySend(epoch)));
            check(received, 10);
            try (Segment kept = received.retain()) {
                received.close();
                received.close();
                assertThatThrownBy(received::root).hasMessageContaining("was released by the thread");
                check(kept, 10);
            }
        }
        assertThat(pool.statistics().segments()).isZero();
    }

    private Segment sealedByAWriterThatIsForgotten() {
        SegmentWriter writer = pool.newSegment(SCHEMA, BODY_BYTES);
        writer.root().setRowCount(0);
        return writer.seal();
    }

    /** @param left segments that others have */
    private void collectForgotten(int left) {
        testPool.await("forgotten handles are closed", statistics -> {
            boolean all = statistics.segments() <= left;
            if (!all) {
                System.gc();
            }
            return all;
        });
    }

    @Test
    void aPoolThatForgottenHandlesAndWritersFillHasRoomAgain() {
        long deadline = System.nanoTime() + 90_000_000_000L;
        for (int rounds = 0; rounds < 3; ) {
            try {
                while (true) {
                    forget();
                    assertThat(pool.newSegment(SCHEMA, BODY_BYTES).root().getRowCount())
                            .isZero();
                    assertThat(System.nanoTime() - deadline)
                            .as("the pool is full, and has room again, within 90 s")
                            .isNegative();
                    rounds += pool.statistics().segments() < 5 ? 1 : 0;
                }
            } catch (SharedMemoryException e) {
                assertThat(e.kind()).isEqualTo(SharedMemoryException.Kind.FULL);
            }
        }
        collectForgotten(0);
    }

    @Test
    void whoeverReleasesASegmentThatWasOverwrittenIsToldWhoWroteItAndWhoReadsIt() {
        PoolOptions checked = PoolOptions.named(testPool.name() + "-checked")
                .withSizeBytes(4 << 20)
                .withSlots(64)
                .withChecksums(true);
        String process = "process " + ProcessHandle.current().pid();
        try (SharedMemoryPool checking = SharedMemoryPool.open(checked)) {
            pool = checking;
            write(10).close();
            Segment segment = write(10);
            segment.root().getVector("number").getDataBuffer().setLong(0, 17);
            assertThatThrownBy(segment::close)
                    .isInstanceOf(SharedMemoryException.class)
                    .hasMessageContaining("overwritten after it was sealed")
                    .hasMessageContaining("written by " + process)
                    .hasMessageContaining("held now by [participant 0 (" + process);
            assertThat(pool.statistics().segments()).isZero();
        }
        assertThat(SharedMemoryPool.remove(checked)).isTrue();
    }

    @Test
    void aReferenceIsStaleAlsoWhenTheWordOfItsSlotIsWhatItWas() {
        try (Epoch epoch = pool.openEpoch("sender")) {
            SegmentRef old = requireNonNull(sendAndClose(epoch));
            pool.receive(old).close();
            SegmentRef again = requireNonNull(sendAndClose(epoch));
            assertThat(again.slot()).isEqualTo(old.slot());
            assertThat(again.generation()).isEqualTo(old.generation() + 1);
            assertThatThrownBy(() -> pool.receive(old)).hasMessageContaining("the reference is stale");
            pool.receive(again).close();
        }
    }

    private @Nullable SegmentRef sendAndClose(Epoch epoch) {
        try (Segment segment = write(10)) {
            return segment.trySend(epoch);
        }
    }

    @Test
    void twoPoolsInOneProcessDoNotKnowEachOther() {
        PoolOptions other = PoolOptions.named(testPool.name() + "-other")
                .withSizeBytes(4 << 20)
                .withSlots(64);
        try (SharedMemoryPool second = SharedMemoryPool.open(other);
                Epoch epoch = pool.openEpoch("sender")) {
            SegmentRef reference = requireNonNull(sendAndClose(epoch));
            assertThatThrownBy(() -> second.receive(reference)).hasMessageContaining("the reference is of pool");
            assertThat(second.statistics().segments()).isZero();
            pool.receive(reference).close();
        } finally {
            assertThat(SharedMemoryPool.remove(other)).isTrue();
        }
    }

    @Test
    void aPoolWithSomethingElseInItIsNotRemovedAndStaysWhatItWas() throws IOException {
        Path other = Files.createDirectory(pool.directory().resolve("incoming").resolve("other"));
        testPool.leave();
        assertThatThrownBy(() -> SharedMemoryPool.remove(testPool.options()))
                .hasMessageContaining(other + " is nothing that a pool has");
        Files.delete(other);
        assertThat(testPool.pool().directory()).isEqualTo(other.getParent().getParent());
    }

    @Test
    void aParticipantSweepsOnWhenThePoolIsRemovedUnderIt() throws IOException {
        Path incoming = pool.directory().resolve("incoming");
        Path gone = Files.move(incoming, incoming.resolveSibling("gone"));
        try {
            pool.sweep();
        } finally {
            Files.move(gone, incoming);
        }
    }

    @Test
    void aPoolThatWasClosedWithASegmentOpenIsOpenedAgainAsTheSameParticipant() {
        Segment segment = write(10);
        testPool.leave();
        check(segment, 10);
        pool = testPool.pool();
        assertThat(pool.statistics().participants()).isEqualTo(1);
        assertThat(pool.statistics().segments()).isEqualTo(1);
        segment.close();
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void aPoolThatWasClosedIsLeftWithTheLastSegment() {
        Segment segment = write(10);
        Segment kept = segment.retain();
        testPool.leave();
        segment.close();
        assertThatThrownBy(() -> SharedMemoryPool.remove(testPool.options()))
                .hasMessageContaining("1 processes have the pool");
        check(kept, 10);
        kept.close();
        assertThat(SharedMemoryPool.remove(testPool.options())).isTrue();
    }

    @Test
    void aPoolThatWasClosedIsLeftWithTheLastWriter() {
        SegmentWriter writer = pool.newSegment(SCHEMA, 1000);
        testPool.leave();
        writer.close();
        assertThat(SharedMemoryPool.remove(testPool.options())).isTrue();
    }

    @Test
    void aPoolThatWasClosedIsLeftOnceTheLastForgottenSegmentIsCollected() {
        forget();
        testPool.leave();
        Await.until("this process has left the pool", () -> {
            System.gc();
            try (PoolInspector inspector = PoolInspector.open(testPool.options())) {
                return inspector.snapshot().participants().isEmpty();
            }
        });
        assertThat(SharedMemoryPool.remove(testPool.options())).isTrue();
    }

    @Test
    void aPoolThatIsOpenedAgainIsNotLeftWithASegmentOfBefore() {
        Segment segment = write(10);
        testPool.leave();
        pool = testPool.pool();
        segment.close();
        try (Segment another = write(10)) {
            check(another, 10);
            assertThat(pool.statistics().participants()).isEqualTo(1);
        }
    }

    @Test
    void aFileThatAnotherRuntimeWroteBecomesASegmentInPlace() throws IOException {
        Path incoming = pool.directory().resolve("incoming");
        for (int round = 0; round < 20; round++) {
            dump(write(10), incoming.resolve("batch.arrow"));
            try (Segment adopted = pool.adopt("batch.arrow")) {
                assertThat(adopted.isIn(pool)).isTrue();
                check(adopted, 10);
                assertThat(incoming).isEmptyDirectory();
                assertThat(pool.statistics().segments()).isEqualTo(1);
            }
            assertThat(pool.statistics().segments()).isZero();
        }
    }

    @Test
    void aCopyOfASegmentThatLiesAnywhereIsASegmentOfThePool() {
        try (Segment original = write(10);
                Segment outside = original.copyToHeap();
                Segment copy = pool.copy(outside);
                Segment second = pool.copy(original)) {
            check(copy, 10);
            check(second, 10);
            assertThat(copy.isIn(pool)).isTrue();
            assertThat(Access.identity(second, pool)).isNotEqualTo(Access.identity(original, pool));
            assertThat(pool.statistics().segments()).isEqualTo(3);
            outside.close();
            assertThatThrownBy(() -> pool.copy(outside)).isInstanceOf(SharedMemoryException.class);
        }
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void aCopyOnTheHeapOutlivesThePoolAndTravelsByValue() throws IOException {
        Segment copy;
        try (Segment original = write(10)) {
            copy = original.copyToHeap();
        }
        assertThat(pool.statistics().segments()).isZero();
        assertThat(copy.isIn(pool)).isFalse();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        copy.writeTo(new DataOutputStream(bytes));
        assertThat(bytes.size()).isEqualTo(copy.length());
        try (Segment read = Segment.readFrom(
                        new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), bytes.size());
                Segment again = read.copyToHeap()) {
            read.close();
            check(again, 10);
        }
        try (Segment read = Segment.readToPrivateMemory(
                new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), bytes.size())) {
            check(read, 10);
        }
        // Nobody has to close one.
        check(copy, 10);
    }

    @Test
    void aStreamThatEndsBeforeTheLengthItClaimsIsAnErrorAndTakesNoSuchMemory() {
        DataInputStream stream = new DataInputStream(new ByteArrayInputStream(new byte[100]));
        assertThatThrownBy(() -> Segment.readFrom(stream, 1L << 45)).isInstanceOf(EOFException.class);
    }

    @Test
    void usingAReleasedSegmentNamesItAndTheThreadThatReleasedIt() {
        Segment segment = write(10);
        SegmentIdentity identity = Access.identity(segment, pool);
        segment.close();
        assertThatThrownBy(segment::root)
                .isInstanceOfSatisfying(
                        SharedMemoryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED))
                .hasMessageContaining(
                        "/" + identity.slot() + "/" + identity.generation() + " was released by the thread '"
                                + Thread.currentThread().getName() + "'; retain() it to keep it");
    }

    @Test
    void aFileThatCannotBeAdoptedStaysAsItIs() throws IOException {
        Path incoming = pool.directory().resolve("incoming");
        Files.write(incoming.resolve("large"), NpyFile.zeros("|u1", (5 << 20) - NpyFile.HEADER_BYTES, 1));
        assertThatThrownBy(() -> pool.adopt("large"))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("the pool " + pool.directory() + " is full: wanted 5,242,880 bytes");
        assertThat(incoming.resolve("large")).hasSize(5 << 20);
        assertThat(incoming.resolve("large.refused")).doesNotExist();
        Files.createFile(incoming.resolve("empty"));
        assertThatThrownBy(() -> pool.adopt("empty")).hasMessageContaining("it is empty or not a file");
        assertThatThrownBy(() -> pool.adopt("absent")).hasMessageContaining("cannot adopt");
        assertThatThrownBy(() -> pool.adopt("../pool.json")).hasMessageContaining("file name=../pool.json, allowed");
        Files.writeString(incoming.resolve("text"), "no Arrow file");
        assertThatThrownBy(() -> pool.adopt("text")).hasMessageContaining("it begins as no Arrow file");
        assertThat(incoming.resolve("text")).hasContent("no Arrow file");
    }

    @Test
    void whatIsInAFileAnywhereBecomesASegmentAndTheFileStays(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("batch.arrow");
        dump(write(10), file);
        byte[] written = Files.readAllBytes(file);
        try (Segment copy = pool.copy(file)) {
            assertThat(copy.isIn(pool)).isTrue();
            check(copy, 10);
            assertThat(file).hasBinaryContent(written);
            assertThat(pool.statistics().segments()).isEqualTo(1);
        }
        Map<String, byte[]> refused = new LinkedHashMap<>();
        refused.put("it begins as no Arrow file or stream", "no Arrow file".getBytes(StandardCharsets.UTF_8));
        refused.put("is not a readable Arrow file", Arrays.copyOf(written, written.length - 1));
        refused.put("it is empty", new byte[0]);
        refused.put("the pool " + pool.directory() + " is full", NpyFile.zeros("|u1", 5 << 20, 1));
        for (Map.Entry<String, byte[]> bytes : refused.entrySet()) {
            Files.write(file, bytes.getValue());
            assertThatThrownBy(() -> pool.copy(file))
                    .isInstanceOf(SharedMemoryException.class)
                    .hasMessageContaining(bytes.getKey());
        }
        assertThatThrownBy(() -> pool.copy(directory)).hasMessageContaining("it is no file");
        assertThatThrownBy(() -> pool.copy(directory.resolve("absent"))).hasMessageContaining("it is not there");
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void aFileThatCannotBeReadStaysWithTheReasonBesideIt() throws IOException {
        Path incoming = pool.directory().resolve("incoming");
        Path note = incoming.resolve("x.refused");
        Map<String, byte[]> refused = new LinkedHashMap<>();
        refused.put("is not a readable Arrow file", "ARROW1\0\0".getBytes(StandardCharsets.UTF_8));
        refused.put("it begins as no Arrow file or stream", "no Arrow file".getBytes(StandardCharsets.UTF_8));
        refused.put(">f8", NpyFile.zeros(">f8", 4, 8));
        refused.put("the schema at the front says", foreign("acc-21-fsl_fsl.arrow"));
        refused.put("cast it to decimal128", foreign("dec_32.arrow"));
        refused.put("is said to have 37 nulls", foreign("escaped-6c74b0ff-map_sorted.arrow"));
        refused.put("is nowhere", foreign("escaped-7a80af8a-s_large_utf8_sliced.arrow"));
        for (Map.Entry<String, byte[]> file : refused.entrySet()) {
            Files.write(incoming.resolve("x"), file.getValue());
            assertThatThrownBy(() -> pool.adopt("x"))
                    .isInstanceOf(SharedMemoryException.class)
                    .hasMessageContaining(file.getKey());
            assertThat(incoming.resolve("x")).hasBinaryContent(file.getValue());
            assertThat(note).content().contains(file.getKey());
            assertThat(pool.statistics().segments()).isZero();
        }
        assertThatThrownBy(() -> pool.adopt("x.refused"))
                .hasMessageContaining("not with .request, .answer, .refused at its end");
        Files.write(incoming.resolve("x"), NpyFile.zeros("<f8", 4, 8));
        try (Segment adopted = pool.adopt("x")) {
            assertThat(adopted.array().size()).isEqualTo(4);
            assertThat(incoming).isEmptyDirectory();
        }
    }

    @Test
    void streamsAndCompressedFilesBecomeSegmentsByConversion() throws IOException {
        Path incoming = pool.directory().resolve("incoming");
        for (String name : List.of("zstd.arrow", "lz4.arrow", "plain_stream.arrows", "zstd_stream.arrows")) {
            Files.write(incoming.resolve(name), foreign(name));
            try (Segment adopted = pool.adopt(name)) {
                assertThat(adopted.batchCount()).isEqualTo(2);
                assertThat(adopted.root(0).getVector("t").getObject(3)).hasToString("longer than twelve bytes");
                assertThat(adopted.root(0).getVector("d").getObject(3)).isEqualTo((byte) 2);
                assertThat(adopted.root(1).getRowCount()).isEqualTo(20);
                assertThat(incoming).isEmptyDirectory();
            }
            assertThat(pool.statistics().segments()).isZero();
        }
    }

    private static byte[] foreign(String name) throws IOException {
        return Files.readAllBytes(Path.of("src/test/resources/foreign", name));
    }

    private static void dump(Segment segment, Path file) throws IOException {
        try (segment;
                DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            segment.writeTo(out);
        }
    }

    private void forget() {
        assertThat(write(5).length()).isPositive();
    }

    @Test
    void twoThreadsReceiveAndCloseOneSegmentAtFullSpeed() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Segment segment = write(10);
                Epoch epoch = pool.openEpoch("sender")) {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                running.add(threads.submit(() -> {
                    long deadline = System.nanoTime() + 2_000_000_000L;
                    while (System.nanoTime() - deadline < 0) {
                        SegmentRef reference = requireNonNull(segment.trySend(epoch));
                        try (Segment received = pool.receive(reference)) {
                            check(received, 10);
                        }
                    }
                }));
            }
            for (Future<?> thread : running) {
                thread.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(pool.statistics().segments()).isZero();
    }

    /** A sweep's locks and a look at who is alive must not give each other's locks away. */
    @Test
    void sweepsAndStatisticsOfSeveralThreadsDoNotDisturbEachOther() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < 3; t++) {
                running.add(threads.submit(() -> {
                    for (int i = 0; i < 200; i++) {
                        try (Epoch epoch = pool.openEpoch("e");
                                Segment segment = write(1)) {
                            assertThat(segment.trySend(epoch)).isNotNull();
                        }
                        pool.sweep();
                        assertThat(pool.statistics().participants()).isEqualTo(1);
                    }
                }));
            }
            for (Future<?> thread : running) {
                thread.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        pool.sweep();
        assertThat(pool.statistics().segments()).isZero();
        assertThat(pool.statistics().epochs()).isZero();
    }

    private Segment write(int rows) {
        try (SegmentWriter writer = pool.newSegment(SCHEMA, BODY_BYTES)) {
            BigIntVector numbers = (BigIntVector) writer.root().getVector("number");
            VarCharVector texts = (VarCharVector) writer.root().getVector("text");
            for (int i = 0; i < rows; i++) {
                numbers.setSafe(i, i);
                if (i % 3 == 0) {
                    texts.setNull(i);
                } else {
                    texts.setSafe(i, ("text " + i).getBytes(StandardCharsets.UTF_8));
                }
            }
            writer.root().setRowCount(rows);
            return writer.seal();
        }
    }

    private static void check(Segment segment, int rows) {
        assertThat(segment.root().getRowCount()).isEqualTo(rows);
        for (int i = 0; i < rows; i++) {
            assertThat(segment.root().getVector("number").getObject(i)).isEqualTo((long) i);
            Object text = segment.root().getVector("text").getObject(i);
            if (i % 3 == 0) {
                assertThat(text).isNull();
            } else {
                assertThat(text).hasToString("text " + i);
            }
        }
    }
}
