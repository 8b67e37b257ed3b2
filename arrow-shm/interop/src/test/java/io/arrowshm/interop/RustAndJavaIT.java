package io.arrowshm.interop;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.IncomingChannel;
import io.arrowshm.internal.OutgoingChannel;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.NpyFile;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TakenPlaces;
import io.arrowshm.testing.TestPool;
import io.arrowshm.testing.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Java and Rust in one pool, each of which follows the format's text. */
class RustAndJavaIT {
    private static final int STORM_ROUNDS = 40;
    private static final int KILLED_STEPS = 12;
    private static final int KILLED_STATUS = 128 + 9;

    private static Path participant;

    @RegisterExtension
    final TestPool testPool = TestPool.with(options -> DatasetProcess.options(options.name()));

    @BeforeAll
    static void build() throws Exception {
        participant = Cargo.participant();
    }

    @Test
    void whatEitherPublishesTheOtherReads() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        try (Child rust = rust()) {
            assertThat(rust.ask("publish run/größe 1234 persistent")).isEqualTo("done");
            assertRight("run/größe", 1234);
            DatasetProcess.publish(pool, "table", 1777, Set.of("persistent")).close();
            try (Segment array = Numbered.array(pool, 77)) {
                Datasets.of(pool)
                        .create("array")
                        .attribute("seed", 77L)
                        .add("s0", array)
                        .add("s1", array, Map.of("unit", "m"))
                        .add("s2", array)
                        .publishPersistent();
            }
            assertThat(rust.ask("hold table")).isEqualTo("done");
            assertThat(rust.ask("check")).isEqualTo("seed 1777");
            assertThat(rust.ask("hold array")).isEqualTo("done");
            assertThat(rust.ask("check")).isEqualTo("seed 77");
            assertThat(rust.ask("list")).isEqualTo("array run/größe table");
            assertNothingIsViolated();
            assertThat(rust.ask("rename table run/größe")).isEqualTo("done");
            assertThat(rust.ask("delete array")).isEqualTo("done");
            assertThat(Datasets.of(pool).list()).hasSize(1);
            assertThat(rust.ask("check")).isEqualTo("seed 77");
            assertThat(rust.ask("drop")).isEqualTo("done");
            Datasets.of(pool).delete("run/größe");
            testPool.await("everything is free", statistics -> statistics.segments() == 0);
        }
        assertNothingIsViolated();
    }

    @Test
    void aPoolThatRustHasMadeIsWorkedIn() throws Exception {
        try (Child rust = rust();
                Child java = Child.start(testPool.name())) {
            assertThat(java.read()).startsWith("pool ");
            assertThat(rust.ask("publish d 5 persistent")).isEqualTo("done");
            assertRight("d", 5);
            assertThat(java.ask("hold 7")).isEqualTo("held");
            assertThat(java.ask("spin")).isEqualTo("spinning");
            assertThat(rust.ask("publish d 6 persistent overwrite")).isEqualTo("done");
            assertRight("d", 6);
            assertNothingIsViolated();
        }
        testPool.await(
                "what the killed processes held is free",
                statistics -> statistics.participants() == 1 && statistics.segmentsHeld() == 0);
        assertNothingIsViolated();
    }

    @Test
    void referencesTravelBothWays() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        try (Child rust = rust();
                Epoch epoch = pool.openEpoch("java")) {
            SegmentRef fromRust = PoolProcess.parse(rust.ask("send 1500"));
            try (Segment received = pool.receive(fromRust)) {
                assertThat(Numbered.seedOf(received)).isEqualTo(1500);
            }
            try (Segment segment = Numbered.array(pool, 1600)) {
                String reference = PoolProcess.format(segment.trySend(epoch));
                assertThat(rust.ask("receive " + reference + " 1600")).isEqualTo("right");
                assertThat(rust.ask("receive " + reference + " 1600")).startsWith("error Stale");
            }
            // Of what is never received its sender's end takes care.
            assertThat(rust.ask("send 3")).hasSize(2 * 38);
        }
        testPool.await("nothing is in flight", statistics -> statistics.segments() == 0);
    }

    @Test
    void aChannelHasItsEndsInBothLanguages() throws Exception {
        SharedMemoryPool pool = testPool.pool();
        try (Child rust = rust();
                Epoch epoch = pool.openEpoch("java")) {
            String[] invitation = rust.ask("invite").split(" ", -1);
            assertThat(rust.ask("in-flight")).isEqualTo("false 0");
            IncomingChannel incoming =
                    Access.join(epoch, Integer.parseInt(invitation[0]), Long.parseUnsignedLong(invitation[1], 16));
            SegmentRef reference = PoolProcess.parse(rust.ask("send-by-channel 1500"));
            assertThat(rust.ask("in-flight")).isEqualTo("true " + reference.length());
            try (Segment received = pool.receive(reference)) {
                assertThat(Numbered.seedOf(received)).isEqualTo(1500);
            }
            requireNonNull(incoming).received(reference.length());
            assertThat(rust.ask("in-flight")).isEqualTo("true 0");
            // Of what is on its way its sender's end takes care, once its receiver has ended, too.
            assertThat(rust.ask("send-by-channel 1501")).hasSize(2 * 38);

            OutgoingChannel outgoing = requireNonNull(Access.openChannel(epoch));
            String nonce = String.format("%016x", outgoing.nonce());
            assertThat(rust.ask("join " + outgoing.index() + " " + nonce)).isEqualTo("done");
            assertThat(rust.ask("join " + outgoing.index() + " " + nonce)).startsWith("error Stale");
            assertThat(outgoing.isJoined()).isTrue();
            try (Segment segment = Numbered.array(pool, 1600)) {
                String sent = PoolProcess.format(segment.trySend(epoch));
                outgoing.sent(12_345);
                assertThat(rust.ask("receive-by-channel " + sent + " 1600")).isEqualTo("right");
                assertThat(outgoing.bytesInFlight()).isEqualTo(12_345 - segment.length());
            }
        }
        testPool.await("nothing is in flight", statistics -> statistics.segments() == 0 && statistics.epochs() == 0);
        assertNothingIsViolated();
    }

    @Test
    void whatOthersAskForIsCarriedOutWhereThereIsNoJvm() throws Exception {
        try (Child rust = rust()) {
            write("numbers.npy", NpyFile.zeros("<i8", 3, Long.BYTES));
            assertThat(answer("done", "numbers.npy")).contains("\"done\":true");
            // A JVM could convert a stream; without one its writer is told what to write instead.
            write("stream.arrows", stream());
            assertThat(answer("refused", "stream.arrows"))
                    .contains("\"done\":false")
                    .contains("write it as an Arrow IPC file");
            SharedMemoryPool pool = testPool.pool();
            assertThat(answer("converted", "stream.arrows")).contains("\"done\":true");
            try (Dataset dataset = Datasets.of(pool).open("done")) {
                assertThat(dataset.array("s").toLongs()).containsExactly(0, 0, 0);
            }
            for (String name : List.of("done", "converted")) {
                Datasets.of(pool).delete(name);
            }
            testPool.await("everything is free", statistics -> statistics.segments() == 0);
            assertThat(rust.ask("verify")).isEqualTo("[]");
        }
        assertNothingIsViolated();
    }

    @Test
    void whatARustProcessThatIsKilledAtAnyStepLeavesJavaTakesBack() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("RustAndJavaIT: -Dseed=" + seed + " steps");
        String points = Tool.run(Path.of("."), Map.of(), List.of(participant.toString(), "--fault-points"));
        List<String> steps = new ArrayList<>(List.of(points.trim().split(" ", -1)));
        steps.removeIf(step -> step.startsWith("Pool"));
        Collections.shuffle(steps, new Random(seed));
        SharedMemoryPool pool = testPool.pool();
        for (String step : steps.subList(0, KILLED_STEPS)) {
            ProcessBuilder workout = new ProcessBuilder(participant.toString(), testPool.name(), "workout")
                    .inheritIO()
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            workout.environment().put("ARROW_SHM_FAULT", step);
            Process rust = workout.start();
            assertThat(rust.waitFor(2, TimeUnit.MINUTES)).as(step).isTrue();
            // Or Java was faster in doing what it was to die of.
            assertThat(rust.exitValue()).as(step).isIn(0, KILLED_STATUS);
            testPool.await("the dead is gone", statistics -> statistics.participants() == 1);
            // What it has asked for, and not answered, Java does.
            Await.until(
                    step + ": there is no request",
                    () -> !Files.exists(incoming().resolve("r.request")));
            assertNothingIsViolated();
            Numbered.deleteAll(pool);
            for (String file : List.of("r.answer", "adopted.npy", "asked.npy")) {
                Files.deleteIfExists(incoming().resolve(file));
            }
            testPool.await(step + ": everything is free", statistics -> statistics.segments() == 0);
        }
    }

    private Path incoming() {
        return testPool.parent().resolve(testPool.name()).resolve("incoming");
    }

    private static byte[] stream() throws IOException {
        Path vectors = Path.of("..", "format", "vectors", "arrow-files.zip");
        try (FileSystem files = FileSystems.newFileSystem(vectors)) {
            return Files.readAllBytes(files.getPath("stream.arrows"));
        }
    }

    private void write(String name, byte[] bytes) throws IOException {
        Path aside = incoming().resolve("." + name);
        Files.write(aside, bytes);
        Files.move(aside, incoming().resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Asks for a dataset of one file, and waits for what becomes of it. */
    private String answer(String dataset, String file) throws IOException {
        String request = "{\"formatVersion\": 2, \"dataset\": \"" + dataset
                + "\", \"segments\": [{\"path\": \"s\", \"file\": \"" + file + "\"}]}";
        write(dataset + ".request", request.getBytes(StandardCharsets.UTF_8));
        Path answer = incoming().resolve(dataset + ".answer");
        Await.until("there is an answer", () -> Files.exists(answer));
        return Files.readString(answer);
    }

    @Test
    void whatOneLanguagesDeadHaveLeftTheOthersTakeBack() throws Exception {
        try (Child watching = rust()) {
            Child java = Child.start(List.of(), List.of(), DatasetProcess.class, testPool.name());
            assertThat(java.read()).isEqualTo("open");
            assertThat(java.ask("publish ends 5")).isEqualTo("done");
            assertThat(watching.ask("list")).isEqualTo("ends");
            java.close();
            for (String list = "ends"; !list.isEmpty(); list = watching.ask("list")) {
                assertThat(list).isEqualTo("ends");
            }
            testPool.pool();
            try (Child rust = rust()) {
                assertThat(rust.ask("publish ends 6")).isEqualTo("done");
                assertThat(rust.ask("build 100000")).isEqualTo("done");
                assertThat(rust.ask("send 7")).hasSize(2 * 38);
            }
            testPool.await("what the killed process had is free", statistics -> statistics.segments() == 0);
            assertThat(Datasets.of(testPool.pool()).list()).isEmpty();
        }
    }

    @Test
    void nothingIsTornOrLostWhileProcessesOfBothAreKilled() throws Exception {
        storm(0);
    }

    @Test
    void nothingIsTornOrLostWhenTheHoldersAreInTheRecordsToo() throws Exception {
        try (TakenPlaces taken = new TakenPlaces(testPool.pool(), 2)) {
            storm(1);
        }
    }

    private void storm(int variant) throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("RustAndJavaIT: -Dseed=" + seed + " variant " + variant);
        Random random = new Random(seed);
        SharedMemoryPool pool = testPool.pool();
        List<Child> children = new ArrayList<>(List.of(javaStorm(random), rustStorm(random), rustStorm(random)));
        int read = 0;
        try {
            for (int round = 0; round < STORM_ROUNDS; round++) {
                for (int i = 0; i < 20; i++) {
                    read += Numbered.readOne(pool, random);
                }
                // Java's starts take longer, so it is killed less often.
                int killed = round % 8 == 7 ? 0 : 1 + random.nextInt(2);
                assertThat(children.get(killed).isAlive())
                        .as("nothing has gone wrong")
                        .isTrue();
                children.get(killed).close();
                children.set(killed, killed == 0 ? javaStorm(random) : rustStorm(random));
                if (round % 10 == 0) {
                    assertNothingIsViolated();
                }
            }
        } finally {
            for (Child child : children) {
                child.close();
            }
        }
        assertThat(read).isPositive();
        testPool.awaitReaped(1);
        Numbered.deleteAll(pool);
        testPool.await("everything is free", statistics -> statistics.segments() == 0 && statistics.epochs() == 0);
        assertNothingIsViolated();
    }

    private Child rust() throws IOException {
        Child rust = Child.of(new ProcessBuilder(participant.toString(), testPool.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        assertThat(rust.read()).startsWith("open ");
        return rust;
    }

    private Child rustStorm(Random random) throws IOException {
        Child rust = rust();
        assertThat(rust.ask("storm " + random.nextInt(1 << 30))).isEqualTo("done");
        return rust;
    }

    private Child javaStorm(Random random) throws IOException {
        Child java = Child.start(List.of(), List.of(), DatasetProcess.class, testPool.name());
        assertThat(java.read()).isEqualTo("open");
        assertThat(java.ask("write " + random.nextInt(1 << 30))).isEqualTo("done");
        return java;
    }

    private void assertRight(String name, long seed) {
        try (Dataset dataset = Datasets.of(testPool.pool()).open(name)) {
            Numbered.assertRight(dataset, seed);
        }
    }

    private void assertNothingIsViolated() {
        Numbered.assertNothingIsViolated(testPool);
    }
}
