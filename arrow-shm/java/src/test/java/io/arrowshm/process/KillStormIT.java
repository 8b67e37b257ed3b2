package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.testing.TakenPlaces;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Processes that do everything at once while some are killed and stopped at any instruction. */
class KillStormIT {
    private static final int PROCESSES = 4;
    private static final int MOST_HELD = 8;
    private static final int OWN_SEGMENTS = 2;
    // Longer than any wait in the code under test.
    private static final long STOPPED_NANOS = 12_000_000_000L;
    private static final long HANGING_NANOS = 10_000_000_000L;
    private static final long MOST_WORK_NANOS = 1_000_000_000L;
    private static final int ROUNDS_PER_BASELINE = 5;
    private static final int STOPS = 2;
    private static final int WORK_PER_KILL_WHILE_STOPPED = 6;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(64 << 20);

    private final PoolOptions options = testPool.options();
    private final int kills = Integer.getInteger("storm.kills", 40);
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Path directory =
            Path.of("target", "kill-storm-" + ProcessHandle.current().pid()).toAbsolutePath();
    private final List<StormChild> children = new ArrayList<>();
    private final List<Segment> own = new ArrayList<>();
    private final LongestWaits undisturbed = new LongestWaits();
    private final LongestWaits whileOthersAreKilled = new LongestWaits();
    private final LongestWaits whileOneIsStopped = new LongestWaits();
    private SharedMemoryPool pool;
    private TakenPlaces taken;
    private QuietPool quiet;
    private long started;
    private int killed;
    private long received;
    private long stale;
    private long datasets;
    private long full;

    @BeforeEach
    void openPool() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        for (int i = 0; i < PROCESSES; i++) {
            Inbox.create(directory.resolve("inbox-" + i));
        }
        pool = testPool.pool();
        // Some of the processes have their bits in the words, and some among the further holders.
        taken = new TakenPlaces(pool, PROCESSES / 2);
        quiet = new QuietPool(options, pool);
    }

    @AfterEach
    void endProcesses() throws IOException {
        for (StormChild child : children) {
            child.close();
        }
        own.forEach(Segment::close);
        taken.close();
    }

    @Test
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void nothingLeaksOrIsFreedEarlyOrHangsOrIsOtherDataWhileProcessesAreKilledAndStopped() throws Exception {
        System.out.println("KillStormIT: -Dseed=" + seed + " -Dstorm.kills=" + kills + ", logs in " + directory);
        long start = System.nanoTime();
        for (int i = 0; i < PROCESSES; i++) {
            children.add(start(i));
        }
        for (StormChild child : children) {
            child.await("open");
        }
        for (int round = 0; killed < kills; round++) {
            boolean stop = killed * (STOPS + 1L) / kills > (killed - 1) * (STOPS + 1L) / kills && killed > 0;
            runRound(round, stop);
        }
        report((System.nanoTime() - start) / 1_000_000_000);
        delete(directory);
        assertThat(whileOthersAreKilled.longestNanos()).isLessThan(HANGING_NANOS);
    }

    private void runRound(int round, boolean stop) throws IOException, InterruptedException {
        writeOwn();
        tellAll("go", "going");
        LongestWaits waits;
        int stopped = -1;
        if (stop) {
            stopped = random.nextInt(PROCESSES);
            killWhileOneIsStopped(stopped);
            waits = whileOneIsStopped;
        } else if (round % ROUNDS_PER_BASELINE == 0) {
            work();
            work();
            waits = undisturbed;
        } else {
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                work();
                kill(random.nextInt(PROCESSES));
            }
            work();
            waits = whileOthersAreKilled;
        }
        if (random.nextInt(4) == 0) {
            assertThat(Verifier.verify(options, random.nextBoolean()).violations())
                    .isEmpty();
        }
        rest(waits, stopped);
        checkQuietPool();
    }

    private void killWhileOneIsStopped(int stopped) throws IOException, InterruptedException {
        children.get(stopped).signal("STOP");
        long start = System.nanoTime();
        while (System.nanoTime() - start < STOPPED_NANOS) {
            int victim = random.nextInt(PROCESSES);
            if (victim != stopped) {
                kill(victim);
            }
            for (int i = 0; i < WORK_PER_KILL_WHILE_STOPPED; i++) {
                work();
            }
        }
        children.get(stopped).signal("CONT");
        work();
    }

    private void work() {
        long end = System.nanoTime() + 1 + (long) (random.nextDouble() * MOST_WORK_NANOS);
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    /** Kills a process, at work or while its successor starts, and starts another in its place. */
    private void kill(int index) throws IOException {
        StormChild victim = children.get(index);
        victim.close();
        requireWasWell(victim);
        killed++;
        children.set(index, start(index));
        children.get(index).write("go");
    }

    private void requireWasWell(StormChild victim) throws IOException {
        // What it has said is "open", "going" or nothing; then that it ended.
        String answer = victim.await("");
        while (!answer.equals("ENDED")) {
            assertThat(answer).as(victim.log().toString()).doesNotStartWith("FAILED");
            answer = victim.await("");
        }
    }

    private StormChild start(int index) throws IOException {
        return StormChild.start(
                testPool.name(), directory, PROCESSES, index, started++, random.nextLong(), MOST_HELD, true);
    }

    /** Each process finishes what it does, takes what was sent to it, and then gives everything up. */
    private void rest(LongestWaits waits, int stopped) throws IOException {
        tellAll("pause", "paused");
        tellAll("drain", "drained");
        for (StormChild child : children) {
            child.write("end");
        }
        for (int i = 0; i < PROCESSES; i++) {
            String[] words = awaitAnswer(children.get(i), "ended").split(" ", -1);
            received += Long.parseLong(words[1]);
            stale += Long.parseLong(words[2]);
            datasets += Long.parseLong(words[3]);
            full += Long.parseLong(words[4]);
            if (i != stopped) {
                waits.addAll(LongestWaits.parse(words[5]));
            }
        }
    }

    private void tellAll(String command, String answer) throws IOException {
        for (StormChild child : children) {
            child.write(command);
        }
        for (StormChild child : children) {
            awaitAnswer(child, answer);
        }
    }

    /** One that was only just started says first that it is open, and going. */
    private static String awaitAnswer(StormChild child, String beginning) throws IOException {
        String answer = child.await("");
        while (!answer.startsWith(beginning) && (answer.equals("open") || answer.equals("going"))) {
            answer = child.await("");
        }
        assertThat(answer).as(child.log().toString()).startsWith(beginning);
        return answer;
    }

    private void checkQuietPool() throws IOException {
        quiet.removeLasting();
        quiet.assertExactly(OWN_SEGMENTS, PROCESSES, PROCESSES + 1);
        for (int i = 0; i < OWN_SEGMENTS; i++) {
            StormContent.check(own.get(i), seed + i);
            own.get(i).close();
        }
        own.clear();
        quiet.assertAllCanBeAllocated(1L << (16 + 2 * random.nextInt(4)));
    }

    /** What must outlive everything. */
    private void writeOwn() {
        for (int i = 0; i < OWN_SEGMENTS; i++) {
            own.add(StormContent.write(pool, seed + i, new LongestWaits()));
        }
    }

    private void report(long seconds) {
        System.out.printf(
                "kill storm: %d kills, %d stops of 12 s, %,d operations, %,d references received, %,d stale, %,d datasets"
                        + " read, %,d times full, %d s%n",
                killed,
                STOPS,
                undisturbed.operations() + whileOthersAreKilled.operations() + whileOneIsStopped.operations(),
                received,
                stale,
                datasets,
                full,
                seconds);
        System.out.println("longest ms, undisturbed: " + undisturbed);
        System.out.println("longest ms, others are killed: " + whileOthersAreKilled);
        System.out.println("longest ms, one is stopped: " + whileOneIsStopped);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
