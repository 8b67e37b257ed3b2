package io.arrowshm.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.Epoch;
import io.arrowshm.LentSegment;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.NpyFile;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TakenPlaces;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that dies or stops at each place where it matters; a survivor goes on, and in the end everything is exact. */
class FaultPointIT {
    private static final int HALTED = 137;
    private static final long MEBIBYTE = 1 << 20;
    private static final long LESS_THAN_BLOCK = 4096;
    private static final int SEED = 3;
    /** Where the names lock is not held. */
    private static final Set<FaultPoint> SWEEPING =
            EnumSet.of(FaultPoint.REAPING, FaultPoint.REAPED_WITH_MARK, FaultPoint.VOIDING);

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(4 << 20, 1024);

    private final PoolOptions options = testPool.options();
    private final List<AutoCloseable> left = new ArrayList<>();
    private String reference = "";

    @ParameterizedTest
    @EnumSource
    void everythingIsExactAfterAProcessHasDiedAt(FaultPoint place) throws Exception {
        FaultScenario scenario = FaultScenario.of(place);
        prepare(scenario.before());
        try (Child child = armed("halt:" + place, scenario)) {
            assertThat(child.exitStatus()).isEqualTo(HALTED);
        }
        goOn(testPool.pool());
        assertEverythingIsExact();
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "ALLOCATED_WITHOUT_GENERATION",
                "SEALING",
                "KEEPING_WRITERS_OFF",
                "RECALLED",
                "SEALED_NOT_LENT",
                "LENT_AGAIN",
                "SHARING",
                "SENT",
                "CLAIMED",
                "TAKEN",
                "NAMED_OPENED",
                "SEGMENT_NAMED",
                "LENDING",
                "SETTING_ASIDE",
                "ADOPTED_FILE_WHERE_IT_WAS",
                "ADOPTING"
            })
    void everythingIsExactAfterAFurtherHolderHasDiedAt(FaultPoint place) throws Exception {
        leave(new TakenPlaces(testPool.pool()));
        everythingIsExactAfterAProcessHasDiedAt(place);
    }

    @ParameterizedTest
    @EnumSource(names = {"SLAB_FILE_WITHOUT_ENTRY", "SLAB_ENTRY_WITHOUT_FREE_SLOTS", "ADOPTED_FILE_WHERE_IT_WAS"})
    void aFileWhoseAdopterDiesBeforeItHasMovedItIsAsItWasAndIsAdoptedByAnother(FaultPoint place) throws Exception {
        Path file = testPool.pool().directory().resolve("incoming").resolve("x");
        // What is left of its block has to get memory.
        byte[] before = NpyFile.zeros("|u1", (int) MEBIBYTE + 5, 1);
        before[before.length - 1] = 7;
        Files.write(file, before);
        try (Child child = armed("halt:" + place, new FaultScenario(FaultScenario.Before.INCOMING, "adopt x"))) {
            assertThat(child.exitStatus()).isEqualTo(HALTED);
        }
        assertThat(file).hasBinaryContent(before);
        goOn(testPool.pool());
        assertThat(file).hasBinaryContent(before);
        try (Segment adopted = testPool.pool().adopt("x")) {
            assertThat(adopted.length()).isEqualTo(before.length);
        }
        assertThat(file).doesNotExist();
        assertEverythingIsExact();
    }

    @ParameterizedTest
    @EnumSource
    void othersGoOnAndEverythingIsExactAfterAProcessWasStoppedAt(FaultPoint place) throws Exception {
        FaultScenario scenario = FaultScenario.of(place);
        prepare(scenario.before());
        // Whoever makes or removes a pool has the lock of the directory, which others need only for that.
        PoolOptions other = FaultProcess.options(testPool.name() + "-bystander");
        SharedMemoryPool bystander = locksTheDirectory(scenario.before()) ? SharedMemoryPool.open(other) : null;
        try (Child child = armed("stop:" + place, scenario)) {
            child.awaitStopped();
            if (place == FaultPoint.PUNCHED) {
                allocateWhileSomebodyHasTheCreationLock();
            }
            if (SWEEPING.contains(place)) {
                testPool.await("others have taken back what it was at", s -> s.segments() == 0);
            }
            if (bystander == null) {
                goOn(testPool.pool());
            } else {
                goOn(bystander);
            }
            child.resume();
            assertThat(child.read()).isEqualTo("done");
        } finally {
            if (bystander != null) {
                bystander.close();
                SharedMemoryPool.remove(other);
            }
        }
        goOn(testPool.pool());
        assertEverythingIsExact();
    }

    private Child armed(String fault, FaultScenario scenario) throws IOException {
        Child child =
                Child.start(List.of(), List.of("-Darrow-shm.fault=" + fault), FaultProcess.class, testPool.name());
        if (scenario.opensFirst()) {
            assertThat(child.ask("open")).isEqualTo("done");
            if (scenario.command().startsWith("send") || scenario.command().equals("channel")) {
                assertThat(child.ask("epoch e")).isEqualTo("done");
            }
        }
        child.write(scenario.command().replace(FaultScenario.REFERENCE, reference));
        return child;
    }

    private void prepare(FaultScenario.Before before) throws Exception {
        if (before == FaultScenario.Before.MEMORY_OF_ANOTHER_SIZE) {
            take(MEBIBYTE - LESS_THAN_BLOCK);
        }
        goOn(testPool.pool());
        if (before == FaultScenario.Before.MEMORY_OF_ANOTHER_SIZE) {
            // What that has left of the budget is less than what the other process wants.
            for (long blockBytes : new long[] {7 * MEBIBYTE / 8, MEBIBYTE / 16}) {
                testPool.pool()
                        .newSegment(PoolProcess.SCHEMA, blockBytes - LESS_THAN_BLOCK)
                        .close();
            }
        }
        switch (before) {
            case OPEN, MEMORY_OF_ANOTHER_SIZE -> {}
            case PLACES_TAKEN -> leave(new TakenPlaces(testPool.pool()));
            case SENT -> {
                Epoch epoch = testPool.pool().openEpoch("survivor");
                left.add(epoch);
                reference = PoolProcess.format(sent(testPool.pool(), epoch));
            }
            case DATASET ->
                DatasetProcess.publish(testPool.pool(), "a", 12, Set.of("persistent"))
                        .close();
            case LEASED -> leave(lease());
            case INCOMING -> writeIncoming();
            case REQUESTED -> {
                Path incoming = testPool.pool().directory().resolve("incoming");
                testPool.leave();
                IncomingRequest.write(incoming, "r", "asked", false, 1, 1000);
            }
            case SLOTS_OF_ANOTHER_SIZE -> take(0);
            case DEAD_ON_FIRST_PLACE -> {
                testPool.leave();
                killVictim(() -> {});
            }
            case DEAD_ON_SECOND_PLACE -> killVictim(testPool::leave);
            case LEFT -> testPool.leave();
            case ABSENT -> {
                testPool.remove();
            }
        }
    }

    private void leave(AutoCloseable taken) {
        left.add(taken);
    }

    /** @param whileItLives what is done when it has left everything */
    private void killVictim(Runnable whileItLives) throws IOException {
        try (Child victim = Child.start(List.of(), List.of(), FaultProcess.class, testPool.name())) {
            for (String command : List.of(
                    "open", "epoch e", "channel", "write 5", "build", "share 7", "send 9", "publish v 23", "lend 3")) {
                assertThat(victim.ask(command)).isEqualTo("done");
            }
            whileItLives.run();
        }
    }

    /** Makes as many segments as there can be, and none of them stays. */
    private void take(long bodyBytes) {
        List<SegmentWriter> writers = new ArrayList<>();
        try {
            while (true) {
                writers.add(testPool.pool().newSegment(PoolProcess.SCHEMA, bodyBytes));
            }
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).isEqualTo(SharedMemoryException.Kind.FULL);
        } finally {
            writers.forEach(SegmentWriter::close);
        }
    }

    private static SegmentRef sent(SharedMemoryPool pool, Epoch epoch) {
        try (Segment segment = PoolProcess.write(pool, SEED)) {
            return requireNonNull(segment.trySend(epoch));
        }
    }

    private AutoCloseable lease() {
        LentSegment lent;
        try (Segment segment = PoolProcess.write(testPool.pool(), SEED)) {
            lent = segment.lend();
        }
        testPool.await("what was lent is free", s -> s.segments() == 0);
        ForeignReader reader = new ForeignReader(testPool.pool().directory().resolve("leases"));
        assertThat(reader.take(lent)).isTrue();
        return reader;
    }

    /** As long as a block is, and long enough to be adopted in place. */
    private void writeIncoming() throws IOException {
        Path file = testPool.pool().directory().resolve("incoming").resolve("x");
        Files.write(file, NpyFile.zeros("|u1", (int) MEBIBYTE - NpyFile.HEADER_BYTES, 1));
    }

    /** What a survivor or newcomer does: neither names nor memory of a new size. */
    private static void goOn(SharedMemoryPool pool) {
        try (Epoch epoch = pool.openEpoch("survivor");
                Segment held = PoolProcess.write(pool, SEED);
                Segment received = pool.receive(sent(pool, epoch))) {
            for (Segment segment : List.of(held, received)) {
                assertThat(PoolProcess.sum(segment)).isEqualTo(SEED);
                assertThat(PoolProcess.check(segment)).isEqualTo("right");
            }
        }
    }

    private void allocateWhileSomebodyHasTheCreationLock() {
        try (SegmentWriter writer = testPool.pool().newSegment(PoolProcess.SCHEMA, 2 * PoolProcess.BUILD_BYTES)) {
            assertThat(writer.root()).isNotNull();
        } catch (SharedMemoryException e) {
            assertThat(e).hasMessageContaining("somebody else has been creating a slab");
        }
    }

    private void assertEverythingIsExact() throws Exception {
        for (AutoCloseable one : left) {
            one.close();
        }
        Path incoming = testPool.pool().directory().resolve("incoming");
        Await.until("every request is carried out", () -> !Files.exists(incoming.resolve("r.request")));
        QuietPool quiet = new QuietPool(options, testPool.pool());
        quiet.removeLasting();
        quiet.assertExactly(0, 0, 1);
        for (long blockBytes : new long[] {1 << 17, 1 << 20, 1 << 16}) {
            quiet.assertAllCanBeAllocated(blockBytes);
        }
        quiet.assertExactly(0, 0, 1);
    }

    /** Whoever makes or removes a pool has the lock of the directory that the pools are in. */
    private static boolean locksTheDirectory(FaultScenario.Before before) {
        return before == FaultScenario.Before.ABSENT || before == FaultScenario.Before.LEFT;
    }
}
