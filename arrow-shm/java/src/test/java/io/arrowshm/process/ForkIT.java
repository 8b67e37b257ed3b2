package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.inspect.ParticipantSnapshot;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.Python;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes that fork, and whose children outlive them: FORMAT.md, section 13. */
class ForkIT {
    private static final int PLACE = 7;
    private static final int CLOSED_ON_EXEC = 02000000;

    private static Python python;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(1 << 20, 256);

    @TempDir
    private Path directory;

    private SharedMemoryPool pool;

    @BeforeAll
    static void findPython() throws Exception {
        python = Python.find();
    }

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
    }

    @Test
    void aChildThatClosesWhatItInheritedNeitherEndsItsParentsLeaseNorKeepsIt() throws Exception {
        try (Forked reader = leased("fork")) {
            LeaseIT.fillAndEmpty(pool);
            assertThat(reader.parent.ask("sum")).isEqualTo("135");
            assertThat(pool.statistics().segments()).isEqualTo(1);
            reader.parent.close();
            testPool.await("the slot comes back while the child lives", statistics -> statistics.segments() == 0);
            assertThat(reader.child.isAlive()).isTrue();
        }
    }

    @Test
    void aLeaseLastsUntilTheChildThatKeepsItsDescriptorEnds() throws Exception {
        try (Forked reader = leased("fork with the descriptor")) {
            reader.parent.close();
            LeaseIT.fillAndEmpty(pool);
            assertThat(pool.statistics().segments()).isEqualTo(1);
            assertThat(Verifier.verify(testPool.options(), true).violations()).isEmpty();
        }
        testPool.await("the slot comes back with the child", statistics -> statistics.segments() == 0);
    }

    @Test
    void whoKeepsThePlaceOfAKilledParticipantIsNamedAndNoViolation() throws Exception {
        try (Forked participant = new Forked(
                python.start(
                        ForkIT.class,
                        "forked_participant.py",
                        directory,
                        ReadByNameIT.EXAMPLES,
                        testPool.name(),
                        PLACE),
                "")) {
            assertThat(participant().keptBy()).isEmpty();
            participant.parent.close();
            ParticipantSnapshot kept = participant();
            assertThat(kept.processId()).isEqualTo(participant.parent.pid());
            assertThat(kept.alive()).isTrue();
            assertThat(kept.keptBy()).containsExactly(participant.child.pid());
            assertThat(Verifier.verify(testPool.options(), true).violations()).isEmpty();
        }
        Await.until("the place is free", () -> pool.statistics().participants() == 1);
    }

    @Test
    void whatAJvmStartsKeepsNeitherItsPlaceNorItsLocks() throws Exception {
        try (Child participant = Child.start(testPool.name())) {
            assertThat(participant.read()).startsWith("pool ");
            long child = Long.parseLong(Objects.requireNonNull(participant.ask("start sleep 600")));
            try (Ended left = new Ended(ProcessHandle.of(child).orElseThrow())) {
                assertThat(participant.ask("hold 1")).isEqualTo("held");
                participant.close();
                testPool.await(
                        "what it held comes back",
                        statistics -> statistics.segments() == 0 && statistics.participants() == 1);
                assertThat(left.process.isAlive()).isTrue();
            }
        }
    }

    @Test
    void whatAJvmHasOpenInAPoolIsClosedWhenItsProcessIsReplaced() throws Exception {
        Path descriptors = Path.of("/proc/self/fd");
        int found = 0;
        try (Stream<Path> all = Files.list(descriptors)) {
            for (Path descriptor : all.filter(this::leadsIntoThePool).toList()) {
                String flags =
                        Files.readAllLines(Path.of("/proc/self/fdinfo").resolve(descriptor.getFileName())).stream()
                                .filter(line -> line.startsWith("flags:"))
                                .findFirst()
                                .orElseThrow();
                assertThat(Integer.parseInt(flags.substring("flags:".length()).strip(), 8) & CLOSED_ON_EXEC)
                        .as(Files.readSymbolicLink(descriptor).toString())
                        .isNotZero();
                found++;
            }
        }
        assertThat(found).isGreaterThan(5);
    }

    private boolean leadsIntoThePool(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(pool.directory());
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private ParticipantSnapshot participant() {
        try (PoolInspector inspector = PoolInspector.open(testPool.options())) {
            return inspector.snapshot().participants().stream()
                    .filter(participant -> participant.index() == PLACE)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Its dataset is deleted then, so that nothing but the lease keeps the bytes. */
    private Forked leased(String how) throws IOException {
        try (Segment segment = PoolProcess.write(pool, 9)) {
            Datasets.of(pool).create("d").add("s", segment).publishPersistent();
        }
        Child reader =
                python.start(ForkIT.class, "named_reader.py", directory, ReadByNameIT.EXAMPLES, testPool.name(), "d");
        assertThat(reader.read()).isEqualTo("leased");
        Datasets.of(pool).delete("d");
        return new Forked(reader, how);
    }

    /** A process that this one did not start. */
    private record Ended(ProcessHandle process) implements AutoCloseable {
        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    /** A process that has forked, and its child. */
    private static final class Forked implements AutoCloseable {
        final Child parent;
        final ProcessHandle child;

        /** @param how what it is told to fork; nothing if it does so by itself */
        Forked(Child parent, String how) throws IOException {
            this.parent = parent;
            String answer = how.isEmpty() ? parent.read() : parent.ask(how);
            child = ProcessHandle.of(Long.parseLong(Objects.requireNonNull(answer)))
                    .orElseThrow();
        }

        @Override
        public void close() throws IOException {
            child.destroyForcibly();
            child.onExit().join();
            parent.close();
        }
    }
}
