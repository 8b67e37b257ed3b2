package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolStatistics;
import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.SizeClassStatistics;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TakenPlaces;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Processes of Java, Rust and Python do all that they can in one pool while some are killed and stopped at any instruction. */
class EveryLanguageStormIT {
    private static final List<Language> PROCESSES =
            List.of(Language.JAVA, Language.RUST, Language.RUST, Language.PYTHON, Language.PYTHON);
    private static final int MOST_ROUNDS_STOPPED = 4;
    private static final int MOST_FORKED = 6;
    private static final int MOST_READS = 20;
    private static final int MOST_SEED = 10_000;
    private static final long BLOCK_BYTES = 1 << 17;
    // Room for the metadata, so that segments of a power of two come out.
    private static final long LESS_THAN_BLOCK = 4096;

    private enum Language {
        JAVA,
        RUST,
        PYTHON
    }

    private static Path participant;
    private static PythonPackage python;

    @RegisterExtension
    final TestPool testPool = TestPool.with(options -> DatasetProcess.options(options.name()));

    @TempDir
    private Path directory;

    private final int kills = Integer.getInteger("storm.kills", 60);
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final List<Member> members = new ArrayList<>();
    /** Process ids of forked children, whose parents are dead: those of Rust keep their parents' places. */
    private final Deque<String> forked = new ArrayDeque<>();

    private int read;
    private int sent;
    private int stopped;
    private int forks;

    /** One of the processes; those that replace one another are at one place. */
    private static final class Member implements AutoCloseable {
        final Language language;
        final Child child;
        private boolean isOpen;
        int roundsStopped;

        Member(Language language, Child child) {
            this.language = language;
            this.child = child;
        }

        /** Its answer, which is waited for until it has started, too. */
        String ask(String command) throws IOException {
            String open = isOpen ? "open" : child.read();
            assertThat(open).as("nothing has gone wrong in %s", language).startsWith("open");
            isOpen = true;
            String answer = child.ask(command);
            assertThat(answer).as("nothing has gone wrong in %s", language).isNotNull();
            return answer;
        }

        @Override
        public void close() throws IOException {
            child.close();
        }
    }

    @BeforeAll
    static void build() throws Exception {
        participant = Cargo.participant();
        python = PythonPackage.install();
    }

    @AfterEach
    void endProcesses() throws IOException, InterruptedException {
        for (Member member : members) {
            member.close();
        }
        while (!forked.isEmpty()) {
            endForked();
        }
    }

    private void endForked() throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-9", forked.remove())
                .redirectErrorStream(true)
                .start()
                .waitFor();
    }

    @Test
    void nothingIsTornOrLostWhileProcessesOfAllLanguagesAreKilledAndStopped() throws Exception {
        System.out.println("EveryLanguageStormIT: -Dseed=" + seed + " -Dstorm.kills=" + kills);
        long start = System.nanoTime();
        SharedMemoryPool pool = testPool.pool();
        try (TakenPlaces taken = new TakenPlaces(pool, 2)) {
            for (Language language : PROCESSES) {
                members.add(start(language));
            }
            for (int killed = 0; killed < kills; killed++) {
                runRound(pool, killed);
            }
            endProcesses();
            assertNothingIsLeft(pool);
        }
        assertThat(read).isPositive();
        assertThat(sent).isPositive();
        System.out.printf(
                "storm of all languages: %d kills, %d stops, %d forked children, %d datasets read, %d references and"
                        + " pickles sent, %d s%n",
                kills, stopped, forks, read, sent, (System.nanoTime() - start) / 1_000_000_000);
    }

    private void runRound(SharedMemoryPool pool, int killed) throws Exception {
        for (int i = random.nextInt(MOST_READS); i > 0; i--) {
            read += Numbered.readOne(pool, random);
        }
        switch (random.nextInt(6)) {
            case 0 -> sendReference(pool);
            case 1 -> sendPickle();
            case 2 -> stopOne();
            case 3 -> forkOne();
            default -> {}
        }
        resumeSome();
        // Java's starts take longer, so it is killed less often.
        killOne(killed % 8 == 7 ? 0 : 1 + random.nextInt(PROCESSES.size() - 1));
        if (killed % 20 == 0) {
            Numbered.assertNothingIsViolated(testPool);
        }
    }

    /** Or with what it has said and written of that. */
    private void assertNothingIsWrong(Member member) throws IOException {
        StringBuilder said = new StringBuilder();
        for (Path problem : problems()) {
            said.append(Files.readString(problem));
        }
        if (!member.child.isAlive()) {
            said.append(member.language).append(" ended with ").append(member.child.exitStatus());
            for (String line = member.child.read(); line != null; line = member.child.read()) {
                said.append('\n').append(line);
            }
        }
        assertThat(said.toString()).as("what has gone wrong").isEmpty();
    }

    private List<Path> problems() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".txt")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable Member running(Language language) {
        List<Member> candidates = members.stream()
                .filter(member -> member.language == language && member.roundsStopped == 0)
                .toList();
        return candidates.isEmpty() ? null : candidates.get(random.nextInt(candidates.size()));
    }

    /** From Rust to Rust, or here; the sender may be killed meanwhile. */
    private void sendReference(SharedMemoryPool pool) throws IOException {
        Member sender = running(Language.RUST);
        if (sender == null) {
            return;
        }
        long number = random.nextInt(MOST_SEED);
        String reference = sender.ask("send " + number);
        boolean isKilled = random.nextInt(3) == 0;
        if (isKilled) {
            killOne(members.indexOf(sender));
        }
        sent++;
        Member receiver = running(Language.RUST);
        if (receiver == null || random.nextBoolean()) {
            try (Segment received = pool.receive(PoolProcess.parse(reference))) {
                assertThat(Numbered.seedOf(received)).isEqualTo(number);
            } catch (SharedMemoryException e) {
                assertThat(isKilled && e.kind() == SharedMemoryException.Kind.STALE_REFERENCE)
                        .as(e.getMessage())
                        .isTrue();
            }
        } else {
            String answer = receiver.ask("receive " + reference + " " + number);
            assertThat(answer.equals("right") || (isKilled && answer.startsWith("error Stale")))
                    .as(answer)
                    .isTrue();
        }
    }

    private void sendPickle() throws IOException {
        Member sender = running(Language.PYTHON);
        if (sender == null) {
            return;
        }
        long number = random.nextInt(MOST_SEED);
        String pickle = sender.ask("pickle " + number);
        boolean isKilled = random.nextInt(3) == 0;
        if (isKilled) {
            killOne(members.indexOf(sender));
        }
        sent++;
        Member receiver = running(Language.PYTHON);
        if (receiver != null) {
            String answer = receiver.ask("load " + pickle + " " + number);
            assertThat(answer.equals("right") || (isKilled && answer.equals("stale")))
                    .as(answer)
                    .isTrue();
        }
    }

    private void stopOne() throws IOException, InterruptedException {
        Member member = members.get(random.nextInt(members.size()));
        if (member.roundsStopped == 0) {
            member.child.stop();
            member.roundsStopped = 1 + random.nextInt(MOST_ROUNDS_STOPPED);
            stopped++;
        }
    }

    private void resumeSome() throws IOException, InterruptedException {
        for (Member member : members) {
            if (member.roundsStopped > 0 && --member.roundsStopped == 0) {
                member.child.resume();
            }
        }
    }

    /** Its parent is killed next, and what the child has of it stays as it is. */
    private void forkOne() throws IOException, InterruptedException {
        Member parent = running(random.nextBoolean() ? Language.PYTHON : Language.RUST);
        if (parent != null) {
            forked.add(parent.ask("fork"));
            forks++;
            killOne(members.indexOf(parent));
            if (forked.size() > MOST_FORKED) {
                endForked();
            }
        }
    }

    /** Also one that is only just starting, or stopped. */
    private void killOne(int index) throws IOException {
        Member victim = members.get(index);
        assertNothingIsWrong(victim);
        victim.close();
        members.set(index, start(victim.language));
    }

    private Member start(Language language) throws IOException {
        int started = random.nextInt(1 << 30);
        return switch (language) {
            case JAVA -> {
                Child java = Child.start(List.of(), List.of(), DatasetProcess.class, testPool.name());
                java.write("write " + started);
                yield new Member(language, java);
            }
            case RUST -> {
                Child rust = Child.of(new ProcessBuilder(participant.toString(), testPool.name())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
                Member member = new Member(language, rust);
                assertThat(member.ask("storm-of-everything " + started)).isEqualTo("done");
                yield member;
            }
            case PYTHON -> {
                String[] arguments = {testPool.name(), Integer.toString(started), directory.toString()};
                yield new Member(language, python.start("storm.py", directory, arguments));
            }
        };
    }

    private void assertNothingIsLeft(SharedMemoryPool pool) throws IOException {
        testPool.awaitReaped(1);
        Path incoming = pool.directory().resolve("incoming");
        Await.until(
                "every request is answered",
                // What begins with a dot was not asked yet: whoever wrote it was killed.
                () -> Arrays.stream(incoming.toFile().list())
                        .noneMatch(name -> name.endsWith(".request") && !name.startsWith(".")),
                () -> List.of(incoming.toFile().list()));
        try (Stream<Path> files = Files.list(incoming)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Numbered.deleteAll(pool);
        testPool.await("everything is free", statistics -> statistics.segments() == 0 && statistics.epochs() == 0);
        assertThat(pool.directory().resolve("names").toFile().list()).containsExactly("lock");
        Numbered.assertNothingIsViolated(testPool);
        try (Member rust = new Member(
                Language.RUST, Child.of(new ProcessBuilder(participant.toString(), testPool.name()).start()))) {
            assertThat(rust.ask("verify")).isEqualTo("[]");
        }
        assertAllCanBeAllocated(pool);
    }

    /** The whole budget can be had for blocks of one size, but for what is less than a block. */
    private static void assertAllCanBeAllocated(SharedMemoryPool pool) {
        List<SegmentWriter> writers = new ArrayList<>();
        try {
            while (true) {
                writers.add(pool.newSegment(PoolProcess.SCHEMA, BLOCK_BYTES - LESS_THAN_BLOCK));
            }
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).as(e.getMessage()).isEqualTo(SharedMemoryException.Kind.FULL);
            PoolStatistics statistics = pool.statistics();
            long bytes = statistics.sizeClasses().stream()
                    .mapToLong(SizeClassStatistics::bytesInUse)
                    .sum();
            assertThat(bytes).as("%s", statistics).isBetween(pool.sizeBytes() - BLOCK_BYTES + 1, pool.sizeBytes());
        } finally {
            writers.forEach(SegmentWriter::close);
        }
    }
}
