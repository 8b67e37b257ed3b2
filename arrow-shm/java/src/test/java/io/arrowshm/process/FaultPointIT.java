package io.arrowshm.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.arrowshm.Epoch;
import io.arrowshm.LentSegment;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.PoolProcess;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that dies or stops at each place where it matters; a survivor goes on, and in the end everything is exact. */
class FaultPointIT {
    private static final int HALTED = 137;
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long MEBIBYTE = 1 << 20;
    private static final long LESS_THAN_BLOCK = 4096;
    private static final int SEED = 3;
    /** Where the names lock is not held. */
    private static final Set<FaultPoint> SWEEPING =
            EnumSet.of(FaultPoint.REAPING, FaultPoint.REAPED_WITH_MARK, FaultPoint.VOIDING);

    private final PoolOptions options =
            FaultProcess.options("fault-it-" + ProcessHandle.current().pid());
    private final List<AutoCloseable> left = new ArrayList<>();
    private @Nullable SharedMemoryPool pool;
    private String reference = "";

    @AfterEach
    void removePool() {
        leavePool();
        assertThat(SharedMemoryPool.remove(options)).isTrue();
        assertThat(Path.of(options.directory()).toFile().list((d, n) -> n.contains(options.name())))
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void everythingIsExactAfterAProcessHasDiedAt(FaultPoint place) throws Exception {
        FaultScenario scenario = FaultScenario.of(place);
        prepare(scenario.before());
        try (Child child = armed("halt:" + place, scenario)) {
            assertThat(child.exitStatus()).isEqualTo(HALTED);
        }
        goOn(pool());
        assertEverythingIsExact();
    }

    @ParameterizedTest
    @EnumSource
    void othersGoOnAndEverythingIsExactAfterAProcessWasStoppedAt(FaultPoint place) throws Exception {
        FaultScenario scenario = FaultScenario.of(place);
        prepare(scenario.before());
        // Whoever makes or removes a pool has the lock of the directory, which others need only for that.
        PoolOptions other = FaultProcess.options(options.name() + "-bystander");
        SharedMemoryPool bystander = locksTheDirectory(scenario.before()) ? SharedMemoryPool.open(other) : null;
        try (Child child = armed("stop:" + place, scenario)) {
            await("the process is stopped", () -> isStopped(child.pid()));
            if (place == FaultPoint.PUNCHED) {
                allocateWhileSomebodyHasTheCreationLock();
            }
            if (SWEEPING.contains(place)) {
                await(
                        "others have taken back what it was at",
                        () -> pool().statistics().segments() == 0);
            }
            if (bystander == null) {
                goOn(pool());
            } else {
                goOn(bystander);
            }
            child.signal("CONT");
            assertThat(child.read()).isEqualTo("done");
        } finally {
            if (bystander != null) {
                bystander.close();
                SharedMemoryPool.remove(other);
            }
        }
        goOn(pool());
        assertEverythingIsExact();
    }

    private Child armed(String fault, FaultScenario scenario) throws IOException {
        Child child = Child.start(List.of(), List.of("-Darrow-shm.fault=" + fault), FaultProcess.class, options.name());
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
            takeAllMemory();
        }
        goOn(pool());
        if (before == FaultScenario.Before.MEMORY_OF_ANOTHER_SIZE) {
            // What that has left of the budget is less than what the other process wants.
            for (long blockBytes : new long[] {7 * MEBIBYTE / 8, MEBIBYTE / 64}) {
                pool().newSegment(PoolProcess.SCHEMA, blockBytes - LESS_THAN_BLOCK)
                        .close();
            }
        }
        switch (before) {
            case OPEN, MEMORY_OF_ANOTHER_SIZE -> {}
            case SENT -> {
                Epoch epoch = pool().openEpoch("survivor");
                left.add(epoch);
                reference = PoolProcess.format(sent(pool(), epoch));
            }
            case DATASET ->
                DatasetProcess.publish(pool(), "a", 12, Set.of("persistent")).close();
            case LEASED -> leave(lease());
            case INCOMING -> writeIncoming();
            case INCOMING_AND_SLAB -> {
                writeIncoming();
                pool().newSegment(PoolProcess.SCHEMA, MEBIBYTE - LESS_THAN_BLOCK)
                        .close();
            }
            case DEAD_ON_FIRST_PLACE -> {
                leavePool();
                killVictim(() -> {});
            }
            case DEAD_ON_SECOND_PLACE -> killVictim(this::leavePool);
            case LEFT -> leavePool();
            case ABSENT -> {
                leavePool();
                assertThat(SharedMemoryPool.remove(options)).isTrue();
            }
        }
    }

    private void leave(AutoCloseable taken) {
        left.add(taken);
    }

    /** @param whileItLives what is done when it has left everything */
    private void killVictim(Runnable whileItLives) throws IOException {
        try (Child victim = Child.start(List.of(), List.of(), FaultProcess.class, options.name())) {
            for (String command : List.of(
                    "open", "epoch e", "channel", "write 5", "build", "share 7", "send 9", "publish v 23", "lend 3")) {
                assertThat(victim.ask(command)).isEqualTo("done");
            }
            whileItLives.run();
        }
    }

    private void takeAllMemory() {
        List<SegmentWriter> writers = new ArrayList<>();
        try {
            while (true) {
                writers.add(pool().newSegment(PoolProcess.SCHEMA, MEBIBYTE - LESS_THAN_BLOCK));
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
        try (Segment segment = PoolProcess.write(pool(), SEED)) {
            lent = segment.lend();
        }
        await("what was lent is free", () -> pool().statistics().segments() == 0);
        ForeignReader reader = new ForeignReader(pool().directory().resolve("leases"));
        assertThat(reader.take(lent)).isTrue();
        return reader;
    }

    private void writeIncoming() throws IOException {
        Path file = pool().directory().resolve("incoming").resolve("x");
        try (Segment segment = PoolProcess.write(pool(), SEED);
                DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            segment.writeTo(out);
            out.write(new byte[(int) (MEBIBYTE - segment.length())]);
        }
    }

    private SharedMemoryPool pool() {
        if (pool == null) {
            pool = SharedMemoryPool.open(options);
        }
        return pool;
    }

    private void leavePool() {
        if (pool != null) {
            pool.close();
            pool = null;
        }
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
        try (SegmentWriter writer = pool().newSegment(PoolProcess.SCHEMA, 2 * PoolProcess.BUILD_BYTES)) {
            assertThat(writer.root()).isNotNull();
        } catch (SharedMemoryException e) {
            assertThat(e).hasMessageContaining("somebody else has been creating a slab");
        }
    }

    private void assertEverythingIsExact() throws Exception {
        for (AutoCloseable one : left) {
            one.close();
        }
        QuietPool quiet = new QuietPool(options, pool());
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

    private static boolean isStopped(long processId) {
        try {
            String stat = Files.readString(Path.of("/proc/" + processId + "/stat"));
            return stat.substring(stat.lastIndexOf(')')).startsWith(") T");
        } catch (IOException e) {
            return false;
        }
    }

    private static void await(String what, java.util.function.BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                fail("not within thirty seconds: %s", what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
