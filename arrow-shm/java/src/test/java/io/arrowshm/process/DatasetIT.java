package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.dataset.DatasetLock;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatasetIT {
    private static final Set<String> PERSISTENT = Set.of("persistent");

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(16 << 20, 1024);

    private SharedMemoryPool pool;
    private Datasets datasets;

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
        datasets = Datasets.of(pool);
    }

    /** Of a: seed 12, so three segments. Of b: seed 23, so four. Of what is published: seed 34, so five. */
    @ParameterizedTest
    @CsvSource({
        "holding_names_lock, publish n 34 persistent, 12 23 -",
        "manifest_written, publish n 34 persistent, 12 23 -",
        "named_not_counted, publish n 34 persistent, 12 23 -",
        "named_not_counted:5, publish n 34 persistent, 12 23 -",
        "segment_named, publish n 34 persistent, 12 23 -",
        "segment_named:5, publish n 34 persistent, 12 23 -",
        "manifest_renamed, publish n 34 persistent, 12 23 34",
        "manifest_renamed, publish n 34, 12 23 -",
        "manifest_written, publish a 34 persistent overwrite, 12 23 -",
        "segment_named, publish a 34 persistent overwrite, 12 23 -",
        "segment_named:5, publish a 34 persistent overwrite, 12 23 -",
        "manifest_renamed, publish a 34 persistent overwrite, 34 23 -",
        "manifest_renamed, publish a 34 overwrite, - 23 -",
        "uncounted_still_named, publish a 34 persistent overwrite, 34 23 -",
        "uncounted_still_named:2, publish a 34 persistent overwrite, 34 23 -",
        "named_not_counted:2, republish a, 12 23 -",
        "segment_named:3, republish a, 12 23 -",
        "segment_named, republish a, 12 23 -",
        "manifest_renamed, republish a, 12 23 -",
        "holding_names_lock, delete a, 12 23 -",
        "manifest_removed, delete a, - 23 -",
        "uncounted_still_named, delete a, - 23 -",
        "uncounted_still_named:2, delete a, - 23 -",
        "holding_names_lock, rename a b, 12 23 -",
        "manifest_renamed, rename a b, - 12 -",
        "manifest_renamed, rename a n, - 23 12",
    })
    void whoeverIsKilledWhileChangingNamesLeavesTheOldOrTheNew(String fault, String command, String seeds)
            throws IOException {
        DatasetProcess.publish(pool, "a", 12, PERSISTENT).close();
        DatasetProcess.publish(pool, "b", 23, PERSISTENT).close();
        try (Dataset held = datasets.open("a");
                Child reader = started();
                Child child = started("halt:" + fault)) {
            assertThat(reader.ask("hold a")).isEqualTo("done");
            assertThat(child.ask(command)).isNull();
            assertThat(DatasetProcess.check(held)).isEqualTo("seed 12");
            assertThat(reader.ask("check")).isEqualTo("seed 12");
        }
        assertState(seeds);
    }

    /** Of a and its link: four names, of three segments. */
    @ParameterizedTest
    @CsvSource({
        "holding_names_lock, link a n, a b",
        "manifest_written, link a n, a b",
        "named_not_counted, link a n, a b",
        "named_not_counted:4, link a n, a b",
        "segment_named, link a n, a b",
        "segment_named:4, link a n, a b",
        "manifest_renamed, link a n, a b n",
        "manifest_removed, delete a, b",
        "manifest_removed, delete b, a",
        "manifest_renamed, rename a b, b",
        "manifest_renamed, rename b a, a",
    })
    void segmentsWithSeveralNamesStayUntilTheLastIsGoneWhoeverIsKilledMeanwhile(
            String fault, String command, String left) throws IOException {
        DatasetProcess.publish(pool, "a", 12, PERSISTENT).close();
        try (Child linker = started()) {
            assertThat(linker.ask("link a b")).isEqualTo("done");
        }
        try (Child child = started("halt:" + fault)) {
            assertThat(child.ask(command)).isNull();
        }
        testPool.awaitReaped(1);
        List<String> names = new ArrayList<>(List.of(left.split(" ")));
        assertThat(datasets.list()).extracting(DatasetInfo::name).containsExactlyElementsOf(names);
        while (!names.isEmpty()) {
            assertThat(datasets.verify()).isEmpty();
            assertThat(pool.statistics().segments()).isEqualTo(3);
            assertThat(pool.statistics().segmentsNamed()).isEqualTo(3);
            try (Dataset dataset = datasets.open(names.get(0))) {
                assertThat(DatasetProcess.check(dataset)).isEqualTo("seed 12");
                datasets.delete(names.remove(0));
                assertThat(DatasetProcess.check(dataset)).isEqualTo("seed 12");
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void whoeverIsKilledWhileRepairingLeavesTheRestToTheNext() throws IOException {
        DatasetProcess.publish(pool, "a", 12, PERSISTENT).close();
        DatasetProcess.publish(pool, "b", 23, PERSISTENT).close();
        try (Child child = started("halt:manifest_renamed")) {
            testPool.leave();
            assertThat(child.ask("publish a 34 persistent overwrite")).isNull();
            try (Child repairer = Child.start(
                    List.of(),
                    List.of("-Darrow-shm.fault=halt:repairing_names"),
                    DatasetProcess.class,
                    testPool.name())) {
                assertThat(repairer.read()).isNull();
            }
        } finally {
            openPool();
        }
        assertThat(pool.statistics().segmentsNamed()).isEqualTo(5 + 4);
        assertState("34 23 -");
    }

    @Test
    void aStoppedProcessWithTheNamesLockHoldsUpNobodyButWhoChangesNames() throws IOException, InterruptedException {
        try (Child stopped = started("stop:holding_names_lock");
                Child killed = started();
                Child other = started()) {
            assertThat(killed.ask("publish passing 12")).isEqualTo("done");
            assertThat(killed.ask("hold passing")).isEqualTo("done");
            stopped.write("publish n 34 persistent");
            stopped.awaitStopped();
            killed.kill();
            killed.close();
            await("the killed one is reaped", () -> {
                pool.sweep();
                return pool.statistics().participants() == 3
                        && pool.statistics().segmentsHeld() == 5;
            });
            assertThat(pool.statistics().segmentsNamed()).isEqualTo(3);
            try (Segment segment = PoolProcess.write(pool, 1);
                    Child newcomer = started()) {
                assertThat(PoolProcess.sum(segment)).isEqualTo(1);
                assertThat(newcomer.ask("hold passing")).isEqualTo("done");
                assertThat(newcomer.ask("check")).isEqualTo("seed 12");
            }
            assertThatThrownBy(() -> datasets.delete("passing"))
                    .hasMessageContaining("process " + stopped.pid() + " has been changing names")
                    .extracting("kind")
                    .hasToString("IN_USE");
            stopped.resume();
            assertThat(stopped.read()).isEqualTo("done");
            await("the dataset of the killed one is removed", () -> !datasets.exists("passing"));
            assertThat(other.ask("hold n")).isEqualTo("done");
            assertThat(other.ask("check")).isEqualTo("seed 34");
        }
        datasets.delete("n");
        assertNothingIsLeft();
    }

    @Test
    void aDatasetThatIsNotPersistentEndsWithItsCreatorAndStaysForItsReaders() throws IOException {
        try (Child creator = started();
                Child reader = started()) {
            assertThat(creator.ask("publish x/y 12")).isEqualTo("done");
            assertThat(creator.ask("publish lasting 23 persistent")).isEqualTo("done");
            assertThat(reader.ask("hold x/y")).isEqualTo("done");
            assertThat(creator.ask("publish x/y 34")).isEqualTo("error EXISTS");
            creator.kill();
            await("its dataset is removed", () -> !datasets.exists("x/y"));
            assertThat(reader.ask("check")).isEqualTo("seed 12");
            assertThat(datasets.list()).extracting(DatasetInfo::name).containsExactly("lasting");
        }
        datasets.delete("lasting");
        assertNothingIsLeft();
    }

    @Test
    void aDatasetThatIsNotPersistentEndsWhenItsCreatorLeavesThePool() throws IOException {
        try (Child creator = started()) {
            assertThat(creator.ask("publish x 12")).isEqualTo("done");
            assertThat(creator.ask("leave")).isEqualTo("done");
            assertThat(datasets.exists("x")).isFalse();
            assertThat(creator.isAlive()).isTrue();
        }
        assertNothingIsLeft();
    }

    @Test
    void aSharedArrayWithAPersistentNameOutlivesAllWhoWriteItAndIsSealedByWhoeverIsLeft() throws IOException {
        try (Child creator = started()) {
            assertThat(creator.ask("share live 100")).isEqualTo("done");
        }
        await("the creator is reaped", () -> pool.statistics().segmentsHeld() == 0);
        try (Child writer = started()) {
            assertThat(writer.ask("set live 3 42")).isEqualTo("done");
            try (Dataset live = datasets.open("live")) {
                assertThat(live.array("a").getDouble(3)).isEqualTo(42);
                live.root().mutableArray("a").at(4).set(43);
                assertThat(writer.ask("get live 4")).isEqualTo("43.0");
                assertThatThrownBy(() -> live.segment("a").seal()).hasMessageContaining("cannot be sealed");
            }
        }
        await("the writer is reaped", () -> pool.statistics().segmentsHeld() == 0);
        assertThat(datasets.verify()).isEmpty();
        try (Dataset live = datasets.open("live")) {
            live.segment("a").seal();
            assertThat(live.array("a").getDouble(3)).isEqualTo(42);
            assertThat(live.array("a").getDouble(4)).isEqualTo(43);
            assertThatThrownBy(() -> live.mutableArray("a")).hasMessageContaining("is immutable");
        }
        try (Child reader = started()) {
            assertThat(reader.ask("get live 3")).isEqualTo("42.0");
            assertThat(reader.ask("set live 3 1")).isEqualTo("error ARGUMENT");
        }
        datasets.delete("live");
        assertNothingIsLeft();
    }

    @Test
    void anyNameIsTheSameForAProcessWhoseLocaleKnowsAsciiAlone() throws IOException {
        String name = "mesures/été-测-\ud83d\ude00";
        try (Child ascii = Child.start(
                List.of("env", "LC_ALL=C"),
                List.of("-Dfile.encoding=US-ASCII"),
                DatasetProcess.class,
                testPool.name())) {
            assertThat(ascii.read()).isEqualTo("open");
            assertThat(ascii.ask("publish " + name + " 12 persistent")).isEqualTo("done");
            assertThat(datasets.list()).extracting(DatasetInfo::name).containsExactly(name);
            datasets.rename(name, "ü");
            assertThat(ascii.ask("hold ü")).isEqualTo("done");
            assertThat(ascii.ask("check")).isEqualTo("seed 12");
            assertThat(ascii.ask("delete ü")).isEqualTo("done");
        }
        assertNothingIsLeft();
    }

    @Test
    void theLockOfADatasetFallsWithItsHolder() throws IOException {
        try (Child holder = started();
                Dataset dataset = DatasetProcess.publish(pool, "a", 12, PERSISTENT)) {
            assertThat(holder.ask("lock a")).isEqualTo("done");
            assertThat(datasets.tryLock("a")).isEmpty();
            holder.kill();
            try (DatasetLock lock = datasets.lock("a", Await.PATIENCE)) {
                datasets.delete("a");
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void readersSeeOneVersionWholeWhileWritersAreKilledAtWork() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("DatasetIT, storm: -Dseed=" + seed);
        Random random = new Random(seed);
        int kills = 6;
        int readsPerKill = 400;
        List<Child> children = new ArrayList<>();
        long reads = 0;
        try {
            for (int i = 0; i < 4; i++) {
                children.add(storming(i < 2 ? "write" : "read", random));
            }
            for (int kill = 0; kill < kills; kill++) {
                for (int i = 0; i < readsPerKill; i++) {
                    assertThat(children.get(2 + i % 2).read()).startsWith("seed ");
                    reads++;
                }
                int killed = random.nextInt(3);
                children.get(killed).kill();
                children.get(killed).close();
                children.set(killed, storming(killed < 2 ? "write" : "read", random));
            }
            assertThat(children).allMatch(Child::isAlive);
        } finally {
            for (Child child : children) {
                child.close();
            }
        }
        System.out.printf("storm: %d kills, %,d datasets read%n", kills, reads);
        testPool.awaitReaped(1);
        assertThat(datasets.verify()).isEmpty();
        for (DatasetInfo left : datasets.list()) {
            try (Dataset dataset = datasets.open(left.name())) {
                assertThat(DatasetProcess.check(dataset)).startsWith("seed ");
            }
            datasets.delete(left.name());
        }
        assertNothingIsLeft();
    }

    /** Seeds of the datasets a, b and n; '-' where there is none. */
    private void assertState(String seeds) {
        List<String> names = List.of("a", "b", "n");
        List<String> expected = List.of(seeds.split(" "));
        int segments = 0;
        for (int i = 0; i < names.size(); i++) {
            if (!expected.get(i).equals("-")) {
                segments += DatasetProcess.segments(Long.parseLong(expected.get(i)));
            }
        }
        int left = segments;
        await(
                "only what is named is left",
                () -> pool.statistics().participants() == 1
                        && pool.statistics().segments() == left
                        && pool.statistics().segmentsNamed() == left);
        assertThat(datasets.verify()).isEmpty();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            assertThat(datasets.exists(name)).isEqualTo(!expected.get(i).equals("-"));
            if (datasets.exists(name)) {
                try (Dataset dataset = datasets.open(name)) {
                    assertThat(DatasetProcess.check(dataset)).isEqualTo("seed " + expected.get(i));
                }
                datasets.delete(name);
            }
        }
        assertNothingIsLeft();
    }

    private void assertNothingIsLeft() {
        await("nothing is left", () -> pool.statistics().segments() == 0);
        assertThat(pool.directory().resolve("names").toFile().list()).containsExactly("lock");
        assertThat(datasets.verify()).isEmpty();
    }

    private Child storming(String what, Random random) throws IOException {
        Child child = started();
        assertThat(child.ask(what + " " + random.nextLong())).isEqualTo("done");
        return child;
    }

    private Child started() throws IOException {
        return started(List.of());
    }

    private Child started(String fault) throws IOException {
        return started(List.of("-Darrow-shm.fault=" + fault));
    }

    private Child started(List<String> jvmOptions) throws IOException {
        Child child = Child.start(List.of(), jvmOptions, DatasetProcess.class, testPool.name());
        assertThat(child.read()).isEqualTo("open");
        return child;
    }

    private void await(String what, BooleanSupplier condition) {
        Await.until(what, condition, () -> pool.statistics() + ", " + datasets.verify());
    }
}
