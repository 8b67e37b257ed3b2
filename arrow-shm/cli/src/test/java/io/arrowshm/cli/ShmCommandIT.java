package io.arrowshm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.internal.arrow.BatchWriter;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.DatasetProcess;
import io.arrowshm.testing.Opened;
import io.arrowshm.testing.OtherUser;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command on pools of real processes; this JVM never opens one. */
@Execution(ExecutionMode.CONCURRENT)
class ShmCommandIT {
    private static final ShmCommand.Result CLEAN = new ShmCommand.Result(0, "clean\n", "");

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(16 << 20, 1024);

    private final String pool = testPool.name();
    private final PoolOptions options = testPool.options();
    private final List<Child> children = new ArrayList<>();

    @TempDir
    private Path folder;

    @AfterEach
    void endProcesses() throws IOException {
        for (Child child : children) {
            child.close();
        }
    }

    @Test
    void tellsWhatALivingAndThenAKilledProcessHoldsBuildsAndHasSent() throws Exception {
        Child child = child();
        child.ask("hold 1");
        child.ask("hold 2");
        child.ask("build");
        child.ask("send 3");
        assertThatOneHolds(child, true);
        child.kill();
        child.close();
        assertThatOneHolds(child, false);
        assertThat(ShmCommand.run("who", pool).out()).contains(child.pid() + " (dead)");
        assertThat(ShmCommand.json("gc", pool).get("segments").asInt()).isEqualTo(4);
        JsonNode after = ShmCommand.json("who", pool);
        assertThat(after.get("segments")).isEmpty();
        assertThat(after.get("participants")).isEmpty();
    }

    @Test
    void whoNamesTheProcessThatKeepsThePlaceOfAKilledOne() throws Exception {
        Child child = child();
        child.ask("hold 1");
        Path participants = Path.of(options.directory(), pool, "participants");
        child.close();
        // As a process has that was forked from it.
        try (ByteLocks inherited = Opened.with(participants, ByteLocks::new)) {
            assertThat(inherited.tryLock(0)).isTrue();
            long keeper = ProcessHandle.current().pid();
            assertThat(ShmCommand.run("who", pool).out()).contains("in " + keeper);
            assertThat(ShmCommand.json("who", pool)
                            .at("/participants/0/participant/keptBy/0")
                            .asLong())
                    .isEqualTo(keeper);
            assertThat(ShmCommand.run("verify", pool)).isEqualTo(CLEAN);
        }
        assertThat(ShmCommand.json("gc", pool).get("segments").asInt()).isEqualTo(1);
    }

    private void assertThatOneHolds(Child child, boolean alive) throws Exception {
        JsonNode statistics = ShmCommand.json("stat", pool);
        JsonNode totals = statistics.get("totals");
        assertThatThreeAreHeldAndOneIsInFlight(totals, alive);
        assertThatOneWasSentBy(child, alive, statistics.get("epochs").get(0));

        JsonNode who = ShmCommand.json("who", pool);
        JsonNode segments = who.get("segments");
        assertThat(segments)
                .extracting(Held::of)
                .containsExactlyInAnyOrder(
                        Held.sealed(child, 1),
                        Held.sealed(child, 2),
                        Held.building(child, 1 << 16),
                        Held.inFlight(child, 3));
        assertThat(totals.get("sealedBytes").asLong()).isEqualTo(sealedBytes(segments));
        assertThatItHoldsThree(child, alive, who.get("participants"), totals);
        assertThatWhoTellsOfOneProcessOrOneSegment(child, segments);

        assertThat(listed().get("totals")).isEqualTo(totals);
        assertThat(ShmCommand.json("ls", pool).get("segments").size()).isEqualTo(4);
        assertThat(ShmCommand.run("ls", "-s").out().lines()).contains(pool);
        assertThat(ShmCommand.run("verify", pool, "--deep")).isEqualTo(CLEAN);
    }

    /** What {@code who} tells of a segment; the length of one that is still being built is not known. */
    private record Held(
            String state,
            long lengthBytes,
            long blockBytes,
            int inFlight,
            int holders,
            long generation,
            long creatorProcessId) {
        static Held of(JsonNode held) {
            JsonNode segment = held.get("segment");
            String state = segment.get("state").asText();
            return new Held(
                    state,
                    state.equals("building") ? 0 : segment.get("lengthBytes").asLong(),
                    segment.get("blockBytes").asLong(),
                    segment.get("inFlight").asInt(),
                    held.get("holders").size(),
                    segment.get("generation").asLong(),
                    segment.get("creatorProcessId").asLong());
        }

        static Held sealed(Child child, long seed) {
            return ofSeed(child, seed, 0, 1);
        }

        static Held inFlight(Child child, long seed) {
            return ofSeed(child, seed, 1, 0);
        }

        static Held building(Child child, long bodyBytes) {
            return new Held("building", 0, batchBlock(bodyBytes), 0, 1, 1, child.pid());
        }

        private static Held ofSeed(Child child, long seed, int inFlight, int holders) {
            long blockBytes = batchBlock(PoolProcess.bodyBytes(seed));
            return new Held("sealed", batchLength(seed), blockBytes, inFlight, holders, 1, child.pid());
        }
    }

    private static void assertThatThreeAreHeldAndOneIsInFlight(JsonNode totals, boolean alive) {
        assertThat(totals.get("sizeBytes").asLong()).isEqualTo(16 << 20);
        assertThat(totals.get("segments").asInt()).isEqualTo(4);
        assertThat(totals.get("segmentsHeld").asInt()).isEqualTo(3);
        assertThat(totals.get("segmentsInFlight").asInt()).isEqualTo(1);
        assertThat(totals.get("participantsAlive").asInt()).isEqualTo(alive ? 1 : 0);
        assertThat(totals.get("epochs").asInt()).isEqualTo(1);
    }

    private static void assertThatOneWasSentBy(Child child, boolean alive, JsonNode epoch) {
        assertThat(epoch.get("name").asText()).isEqualTo("process " + child.pid());
        assertThat(epoch.get("alive").asBoolean()).isEqualTo(alive);
        assertThat(epoch.get("segments").asInt()).isEqualTo(1);
    }

    private void assertThatItHoldsThree(Child child, boolean alive, JsonNode participants, JsonNode totals) {
        assertThat(participants).hasSize(1);
        JsonNode participant = participants.get(0).get("participant");
        assertThat(participant.get("processId").asLong()).isEqualTo(child.pid());
        assertThat(participant.get("alive").asBoolean()).isEqualTo(alive);
        assertThat(participant.get("command").asText()).isEqualTo(PoolProcess.class.getName() + " " + pool);
        assertThat(participant.get("segments").asInt()).isEqualTo(3);
        assertThat(participant.get("bytes")).isEqualTo(totals.get("heldBytes"));
        assertThat(participant.get("joinedAtMs").asLong()).isBetween(1L, System.currentTimeMillis());
    }

    private static long sealedBytes(JsonNode segments) {
        return StreamSupport.stream(segments.spliterator(), false)
                .map(Held::of)
                .filter(held -> held.state().equals("sealed"))
                .mapToLong(Held::blockBytes)
                .sum();
    }

    /** This pool, in the list of all. */
    private JsonNode listed() throws Exception {
        return StreamSupport.stream(ShmCommand.json("ls").get("pools").spliterator(), false)
                .filter(one -> one.get("name").asText().equals(pool))
                .findFirst()
                .orElseThrow();
    }

    private void assertThatWhoTellsOfOneProcessOrOneSegment(Child child, JsonNode all) throws Exception {
        JsonNode nobody = ShmCommand.json("who", pool, "--pid", "1");
        assertThat(nobody.get("segments")).isEmpty();
        assertThat(nobody.get("participants")).isEmpty();
        JsonNode its = ShmCommand.json("who", pool, "--pid", Long.toString(child.pid()));
        assertThat(its.get("segments"))
                .hasSize(3)
                .allMatch(one -> !one.get("holders").isEmpty());
        assertThat(its.at("/participants/0/slots")).hasSize(3);
        for (JsonNode one : all) {
            String slot = one.at("/segment/slot").asText();
            JsonNode which = ShmCommand.json("who", pool, "--segment", slot);
            assertThat(which.get("segments")).hasSize(1).containsExactly(one);
            assertThat(which.get("participants")).hasSameSizeAs(one.get("holders"));
        }
    }

    @Test
    void reclaimsExactlyWhatTheDeadHeldAndNothingOfAStoppedProcess() throws Exception {
        Child stopped = child();
        stopped.ask("hold 5");
        stopped.ask("send 6");
        Child killed = child();
        killed.ask("hold 1");
        killed.ask("build");
        killed.ask("send 3");
        // Otherwise it reclaims before the command does.
        stopped.stop();
        JsonNode before = ShmCommand.json("stat", pool).get("totals");
        killed.kill();
        killed.close();
        Path leftover = Path.of(options.directory(), "." + pool + "-0123456789abcdef");
        Files.createDirectory(leftover);
        JsonNode reclaimed = ShmCommand.json("gc", pool);
        JsonNode after = ShmCommand.json("stat", pool).get("totals");
        assertThat(reclaimed.get("participants").asInt()).isEqualTo(1);
        assertThat(reclaimed.get("epochs").asInt()).isEqualTo(1);
        assertThat(reclaimed.get("segments").asInt()).isEqualTo(3);
        assertThat(reclaimed.get("bytes").asLong())
                .isEqualTo(after.get("freeBytes").asLong()
                        - before.get("freeBytes").asLong());
        assertThat(reclaimed.get("leftovers").asInt()).isEqualTo(1);
        assertThat(leftover).doesNotExist();
        assertThat(after.get("segments").asInt()).isEqualTo(2);
        assertThat(after.get("participantsAlive").asInt()).isEqualTo(1);
        assertThat(after.get("epochs").asInt()).isEqualTo(1);
        assertThat(after.get("backedBytes").asLong())
                .isEqualTo(before.get("backedBytes").asLong());
        assertThat(ShmCommand.run("verify", pool).status()).isZero();
        assertThat(ShmCommand.json("gc", pool).get("segments").asInt()).isZero();
        stopped.resume();
        assertThat(stopped.ask("hold 7")).isEqualTo("held");
    }

    @Test
    void tellsOfSharedNamedLentAndLeasedSegmentsInExactBytes() throws Exception {
        Child child = child();
        child.ask("array <i8 1000");
        child.ask("share <U5 100");
        child.ask("lend 1");
        child.ask("name d 2");
        Map<String, JsonNode> segments = segmentsByStateAndMark();
        assertThat(segments).containsOnlyKeys("sealed", "mutable", "sealed lent", "sealed named");
        assertSizes(segments.get("sealed"), PoolProcess.array("<i8", "1000").bytes());
        assertSizes(segments.get("mutable"), PoolProcess.array("<U5", "100").bytes());
        assertThat(segments.get("sealed lent").get("lengthBytes").asLong()).isEqualTo(batchLength(1));
        assertThat(segments.get("sealed named").get("lengthBytes").asLong()).isEqualTo(batchLength(2));
        assertThatALeaseIsSeen(segments.get("sealed lent").get("slot").asInt());
        JsonNode statistics = ShmCommand.json("stat", pool);
        assertThat(statistics.at("/totals/mutableBytes"))
                .isEqualTo(segments.get("mutable").get("blockBytes"));
        segments.remove("mutable");
        assertThatSealedBytesAndFragmentationAreThoseOf(segments.values(), statistics);
        assertThatSizeClassesAddUp(statistics);
        assertThat(ShmCommand.run("verify", pool, "--deep")).isEqualTo(CLEAN);
    }

    /** Each has one holder, and none is leased. */
    private Map<String, JsonNode> segmentsByStateAndMark() throws Exception {
        Map<String, JsonNode> segments = new HashMap<>();
        for (JsonNode held : ShmCommand.json("who", pool).get("segments")) {
            JsonNode segment = held.get("segment");
            StringBuilder what = new StringBuilder(segment.get("state").asText());
            for (String mark : List.of("named", "lent")) {
                what.append(segment.get(mark).asBoolean() ? " " + mark : "");
            }
            assertThat(segments.put(what.toString(), segment)).isNull();
            assertThat(segment.get("leased").asBoolean()).isFalse();
            assertThat(segment.get("holders")).hasSize(1);
        }
        return segments;
    }

    private void assertThatALeaseIsSeen(int slot) throws Exception {
        try (ByteLocks leases = Opened.with(Path.of(options.directory(), pool, "leases"), ByteLocks::new)) {
            assertThat(leases.tryLock(slot)).isTrue();
            assertThat(ShmCommand.json("who", pool, "--segment", Integer.toString(slot))
                            .at("/segments/0/segment/leased")
                            .asBoolean())
                    .isTrue();
        }
    }

    private static void assertThatSealedBytesAndFragmentationAreThoseOf(
            Collection<JsonNode> sealed, JsonNode statistics) {
        long blocks = sum(sealed, "blockBytes");
        assertThat(statistics.at("/totals/sealedBytes").asLong()).isEqualTo(blocks);
        assertThat(statistics.get("fragmentation").asDouble())
                .isEqualTo(1 - (double) sum(sealed, "lengthBytes") / blocks);
    }

    private static long sum(Collection<JsonNode> segments, String field) {
        return segments.stream()
                .mapToLong(segment -> segment.get(field).asLong())
                .sum();
    }

    private static void assertThatSizeClassesAddUp(JsonNode statistics) {
        long inUse = 0;
        long free = 0;
        for (JsonNode sizeClass : statistics.get("sizeClasses")) {
            long blockBytes = sizeClass.get("blockBytes").asLong();
            inUse += (sizeClass.get("sealed").asInt() + sizeClass.get("mutable").asInt()) * blockBytes;
            free += sizeClass.get("free").asInt() * blockBytes;
            assertThat(sizeClass.get("bytesBacked").asLong())
                    .isGreaterThanOrEqualTo((sizeClass.get("blocks").asLong()
                                    - sizeClass.get("unbacked").asLong())
                            * blockBytes);
        }
        JsonNode totals = statistics.get("totals");
        assertThat(free).isEqualTo(totals.get("freeBytes").asLong());
        assertThat(inUse + free).isEqualTo(totals.get("backedBytes").asLong());
    }

    @Test
    void listsRenamesAndRemovesDatasets() throws Exception {
        Child child = child(DatasetProcess.class);
        child.ask("publish a/b 11 persistent");
        child.ask("publish a/c 22");
        child.ask("hold a/b");
        Child other = child();
        other.ask("array <i8 1000");
        assertThatLsTellsOfBothDatasets(child);
        assertThatWhatIsAbsentOrExistsOrIsInUseIsRefused();

        assertThat(ShmCommand.run("mv", pool, "a/b", "n")).isEqualTo(said("renamed a/b to n"));
        assertThat(ShmCommand.run("mv", pool, "n", "a/c", "--overwrite")).isEqualTo(said("renamed n to a/c"));
        assertThat(child.ask("hold a/c")).isEqualTo("done");
        assertThat(ShmCommand.run("rm", pool, "a/c")).isEqualTo(said("removed a/c"));
        assertThat(ShmCommand.json("ls", pool).get("datasets")).isEmpty();
        assertThat(child.ask("hold a/c")).isEqualTo("error ABSENT");
        assertThat(child.ask("check")).isEqualTo("seed 11");
        assertThat(ShmCommand.run("verify", pool, "--deep")).isEqualTo(CLEAN);
    }

    private void assertThatLsTellsOfBothDatasets(Child child) throws Exception {
        JsonNode contents = ShmCommand.json("ls", pool);
        assertThat(contents.get("datasets"))
                .extracting(one -> one.get("name").asText())
                .containsExactly("a/b", "a/c");
        JsonNode first = contents.at("/datasets/0");
        assertThat(first.get("persistent").asBoolean()).isTrue();
        assertThat(first.at("/attributes/seed").asInt()).isEqualTo(11);
        assertThat(first.get("segments")).hasSize(2);
        assertThat(first.get("lengthBytes").asLong()).isEqualTo(2 * batchLength(11));
        assertThat(contents.at("/datasets/1/persistent").asBoolean()).isFalse();
        assertThat(contents.at("/datasets/1/creatorProcessId").asLong()).isEqualTo(child.pid());
        assertThat(contents.get("segments")).hasSize(1);
        assertThat(ShmCommand.run("ls", pool, "-s").out()).isEqualTo("a/b\na/c\n");
        assertThat(ShmCommand.run("ls", pool, "a/b", "-s").out()).isEqualTo("s0\ns1\n");
        assertThat(ShmCommand.run("ls", pool).out())
                .contains("a/b", "persistent", "a/c", "while process " + child.pid() + " lives");
        assertThat(ShmCommand.run("ls", pool, "a/b", "-l").out())
                .contains("{\"seed\":11}", "s0", "12 rows of number: Int(64, true)");
    }

    private void assertThatWhatIsAbsentOrExistsOrIsInUseIsRefused() throws Exception {
        assertRefused(2, "there is no dataset x in the pool " + pool, "ls", pool, "x");
        assertRefused(2, "dataset name=../x", "ls", pool, "../x");
        assertRefused(2, "--segment=99999 is out of range: allowed is 0 to ", "who", pool, "--segment", "99999");
        assertRefused(2, "--segment=-1 is out of range", "who", pool, "--segment", "-1");
        assertRefused(2, "there is no segment in slot 1000 of the pool", "who", pool, "--segment", "1000");
        assertRefused(2, "there is no dataset x in the pool " + pool, "rm", pool, "a/b", "x");
        assertRefused(2, "there is no dataset x", "mv", pool, "x", "y");
        assertRefused(2, "the dataset a/c exists", "mv", pool, "a/b", "a/c");
        assertRefused(1, "", "rm", pool);
        try (ByteLocks locks = Opened.with(Path.of(options.directory(), pool, "names/lock"), ByteLocks::new)) {
            assertThat(locks.tryLock(0)).isTrue();
            assertRefused(1, "has been changing names", "rm", pool, "a/b");
        }
    }

    @Test
    void namesThatTurnWritingAroundAreShownByNumbersAndExactInJson() throws Exception {
        Child child = child(DatasetProcess.class);
        child.ask("publish a\u202eb 11 persistent");
        assertThat(ShmCommand.run("ls", pool).out()).contains("a\\u202eb").doesNotContain("\u202e");
        assertThat(ShmCommand.run("ls", pool, "-s").out()).isEqualTo("a\\u202eb\n");
        assertThat(ShmCommand.json("ls", pool, "-s").at("/names/0").asText()).isEqualTo("a\u202eb");
    }

    @Test
    void statAndVerifyListWhatCouldNotBeAdopted() throws Exception {
        child();
        Path incoming = Path.of(options.directory(), pool, "incoming");
        Files.writeString(incoming.resolve("x.arrow"), "no file");
        Files.writeString(incoming.resolve("x.arrow.refused"), "it begins as no Arrow file\u001b[2J\n");
        for (String command : List.of("stat", "verify")) {
            assertThat(ShmCommand.run(command, pool).out())
                    .contains("not adopted", "x.arrow", "it begins as no Arrow file\\u001b[2J", " s |");
            JsonNode refused = ShmCommand.json(command, pool).at("/refused/0");
            assertThat(refused.get("name").asText()).isEqualTo("x.arrow");
            assertThat(refused.get("reason").asText()).isEqualTo("it begins as no Arrow file\u001b[2J");
            assertThat(refused.get("refusedAtMs").asLong()).isBetween(1L, System.currentTimeMillis());
        }
        assertThat(ShmCommand.run("verify", pool).out()).startsWith("clean\n");
    }

    /** The first dataset has three segments, by its seed; the second has four, and the process is killed after two have names. */
    @Test
    void takesBackWhatSomebodyLeftWhoWasKilledWhilePublishing() throws Exception {
        Child child = child(DatasetProcess.class, "-Darrow-shm.fault=halt:segment_named:5");
        assertThat(child.ask("publish first 12")).isEqualTo("done");
        assertThat(child.ask("publish second 23 persistent")).isNull();
        Path directory = Path.of(options.directory(), pool).toRealPath();
        Files.createFile(directory.resolve("slabs/99"));
        JsonNode before = ShmCommand.json("stat", pool).get("totals");
        assertThat(before.get("segments").asInt()).isEqualTo(3 + 4);
        ShmCommand.Result verified = ShmCommand.run("verify", pool, "--deep", "--json");
        assertThat(verified.status()).isEqualTo(1);
        assertThat(verified.json().get("violations"))
                .extracting(violation -> violation.get("where").asText())
                .containsExactly("slabs/99");
        JsonNode reclaimed = ShmCommand.json("gc", pool);
        assertThat(reclaimed.get("participants").asInt()).isEqualTo(1);
        assertThat(reclaimed.get("datasets").asInt()).isEqualTo(1);
        assertThat(reclaimed.get("segments").asInt()).isEqualTo(3 + 4);
        assertThat(reclaimed.get("bytes").asLong())
                .isEqualTo(before.get("sealedBytes").asLong());
        assertThat(reclaimed.get("slabFiles").asInt()).isEqualTo(1);
        assertThat(reclaimed.get("leftovers").asInt()).isZero();
        assertThat(reclaimed.get("namesNotRepaired").isNull()).isTrue();
        assertThat(directory.resolve("names").toFile().list()).containsExactly("lock");
        assertThat(ShmCommand.json("stat", pool).at("/totals/segments").asInt()).isZero();
        assertThat(ShmCommand.run("verify", pool, "--deep")).isEqualTo(CLEAN);
    }

    @Test
    void aPoolOfAnotherUserIsOneLineAndStatusTwo() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "skipped: only root can become another user");
        child();
        OtherUser other = OtherUser.in(folder);
        for (String command : List.of("stat", "who", "verify", "gc", "rm", "ls")) {
            ShmCommand.Result refused = ShmCommand.run(other.wrapper(), other.classPath(), command, pool);
            assertThat(refused.status()).as("%s: %s", command, refused).isEqualTo(2);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err()).startsWith("error: ").hasLineCount(1);
        }
        assertThat(ShmCommand.run(other.wrapper(), other.classPath(), "ls").out())
                .contains(pool, "another user");
        assertThat(ShmCommand.run("verify", pool)).isEqualTo(CLEAN);
    }

    @Test
    void rootIsRefusedWhatAnotherUserHasPreparedAndListsTheRest() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "skipped: only root can become another user");
        child();
        String prepared = pool + "-prepared";
        String directory = "." + prepared + "-0123456789abcdef";
        try {
            OtherUser.run(
                    testPool.parent(),
                    "umask 0; mkdir " + directory + "; mkfifo " + directory + "/pool.json; ln -s " + directory + " "
                            + prepared);
            for (String command : List.of(
                    "ls PREPARED",
                    "who PREPARED",
                    "stat PREPARED",
                    "verify PREPARED",
                    "gc PREPARED",
                    "rm PREPARED",
                    "rm PREPARED a",
                    "mv PREPARED a b",
                    "clear PREPARED",
                    "clear --force PREPARED")) {
                assertRefused(
                        2,
                        "belongs to another user",
                        command.replace("PREPARED", prepared).split(" "));
            }
            assertThat(ShmCommand.run("ls").out().lines())
                    .anySatisfy(line -> assertThat(line).contains(prepared, "belongs to another user"))
                    .anySatisfy(
                            line -> assertThat(line).contains(" " + pool + " ").doesNotContain("another user"));
        } finally {
            OtherUser.run(testPool.parent(), "rm -r " + directory + " " + prepared);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rm", "clear", "clear --force"})
    void aPoolWhoseParticipantsWereCutIsRemovedOnceNobodyLives(String command) throws Exception {
        Child child = child();
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.add(pool);
        child.kill();
        child.close();
        Path participants = Path.of(options.directory(), pool, "participants");
        try (FileChannel file = FileChannel.open(participants, StandardOpenOption.WRITE)) {
            file.truncate(0);
        }
        // Whoever has it mapped would die of that: here somebody has nothing but the lock.
        try (ByteLocks place = Opened.with(participants, ByteLocks::new)) {
            assertThat(place.tryLock(3)).isTrue();
            if (!command.contains("force")) {
                assertRefused(
                        1,
                        "1 processes have the pool " + Path.of(options.directory(), pool)
                                + " open, whose process ids the pool does not tell",
                        arguments.toArray(new String[0]));
            }
        }
        assertThat(ShmCommand.run(arguments.toArray(new String[0])).out()).isEqualTo("removed " + pool + "\n");
        testPool.assertThatNothingIsLeft();
    }

    @Test
    void findsABusyPoolClean() throws Exception {
        for (int i = 0; i < 2; i++) {
            Child child = child();
            assertThat(child.ask("spin")).isEqualTo("spinning");
        }
        for (int i = 0; i < 3; i++) {
            assertThat(ShmCommand.run("verify", pool, "--deep")).isEqualTo(CLEAN);
            JsonNode totals = ShmCommand.json("stat", pool).get("totals");
            assertThat(totals.get("participantsAlive").asInt()).isEqualTo(2);
        }
        children.get(0).kill();
        assertThat(ShmCommand.run("verify", pool, "--deep").status()).isZero();
        assertThat(children.get(1).isAlive()).isTrue();
    }

    @Test
    void refusesToClearWhileSomebodyLivesUnlessForced() throws Exception {
        Child child = child();
        for (String command : List.of("clear", "rm")) {
            ShmCommand.Result refused = ShmCommand.run(command, pool);
            assertThat(refused.status()).as("%s", refused).isEqualTo(1);
            assertThat(refused.err()).contains(Long.toString(child.pid())).hasLineCount(1);
            assertThat(ShmCommand.run("verify", pool).status()).isZero();
        }
        assertThat(ShmCommand.json("clear", pool, "--force").get("removed").asBoolean())
                .isTrue();
        assertThat(ShmCommand.run("ls", "-s").out().lines()).doesNotContain(pool);
        assertThat(child.isAlive()).isTrue();
        assertThat(ShmCommand.run("rm", pool).status()).isEqualTo(2);
    }

    @Test
    void clearsWhatAKilledProcessHasLeft() throws Exception {
        Child child = child();
        child.ask("hold 1");
        child.kill();
        child.close();
        assertThat(ShmCommand.run("clear", pool)).isEqualTo(new ShmCommand.Result(0, "removed " + pool + "\n", ""));
    }

    @Test
    void worksWhileAllPlacesAreTaken() throws Exception {
        for (int i = 0; i < 24; i++) {
            start(PoolProcess.class);
        }
        for (Child child : children) {
            assertHasOpened(child);
        }
        assertThat(ShmCommand.json("stat", pool).at("/totals/participantsAlive").asInt())
                .isEqualTo(24);
        assertThat(ShmCommand.json("who", pool).get("participants").size()).isEqualTo(24);
        assertThat(ShmCommand.json("gc", pool).get("segments").asInt()).isZero();
        assertThat(ShmCommand.run("verify", pool, "--deep").out()).isEqualTo("clean\n");
    }

    @Test
    void watchesUntilControlC() throws Exception {
        Child child = child();
        try (ShmCommand watch = ShmCommand.start("stat", pool, "--watch", "0.1", "--json")) {
            assertThat(ShmCommand.parse(watch.read()).at("/totals/segments").asInt())
                    .isZero();
            child.ask("hold 1");
            long deadline = System.nanoTime() + 30_000_000_000L;
            while (ShmCommand.parse(watch.read()).at("/totals/segments").asInt() != 1) {
                assertThat(System.nanoTime() - deadline)
                        .as("the segment is seen within 30 s")
                        .isNegative();
            }
            watch.signal("INT");
            assertThat(watch.awaitExit()).isEqualTo(130);
            assertThat(watch.err()).isEmpty();
        }
    }

    @Test
    void watchesUntilNobodyReadsAnyMore() throws Exception {
        child();
        try (ShmCommand watch = ShmCommand.start("stat", pool, "--watch", "0.01")) {
            assertThat(watch.read()).contains("participants 1");
            watch.stopReading();
            assertThat(watch.awaitExit()).isZero();
            assertThat(watch.err()).isEmpty();
        }
    }

    @Test
    void killedOrStoppedAnywhereItIsNotNoticedByParticipants() throws Exception {
        Child child = child();
        child.ask("spin");
        try (ShmCommand stopped = ShmCommand.start("stat", pool, "--watch", "0.001")) {
            assertThat(stopped.read()).isNotNull();
            stopped.signal("STOP");
            try (ShmCommand killed = ShmCommand.start("stat", pool, "--watch", "0.001")) {
                assertThat(killed.read()).isNotNull();
            }
            Child joining = child();
            assertThat(joining.ask("hold 1")).isEqualTo("held");
            assertThat(child.isAlive()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"stat no-such-pool", "verify no-such-pool", "gc", "stat a/b", "stat x --watch 0", "dance", ""})
    void badInputIsOneLineAndStatusTwo(String arguments) throws Exception {
        ShmCommand.Result result = ShmCommand.run(arguments.isEmpty() ? new String[0] : arguments.split(" "));
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("error: ").hasLineCount(1);
    }

    @Test
    void aPoolOfAnotherVersionIsNamedWithBothVersions() throws Exception {
        child().close();
        Path description = Path.of(options.directory(), pool, "pool.json");
        String right = Files.readString(description);
        Files.writeString(description, right.replace("\"formatVersion\":2", "\"formatVersion\":99"));
        ShmCommand.Result result = ShmCommand.run("stat", pool);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("format version 99", "reads 2").hasLineCount(1);
        ShmCommand.Result listed = ShmCommand.run("ls");
        assertThat(listed.out()).as("%s", listed).contains(pool, "format version 99");
    }

    private static void assertRefused(int status, String why, String... arguments) throws Exception {
        ShmCommand.Result refused = ShmCommand.run(arguments);
        assertThat(refused.status()).as("%s", refused).isEqualTo(status);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err()).startsWith("error: ").contains(why).hasLineCount(1);
    }

    private static ShmCommand.Result said(String line) {
        return new ShmCommand.Result(0, line + "\n", "");
    }

    private static void assertSizes(JsonNode segment, long length) {
        assertThat(segment.get("lengthBytes").asLong()).isEqualTo(length);
        assertThat(segment.get("blockBytes").asLong()).isEqualTo(block(length));
    }

    private Child child() throws IOException {
        return child(PoolProcess.class);
    }

    private Child child(Class<?> main, String... flags) throws IOException {
        Child child = start(main, flags);
        assertHasOpened(child);
        return child;
    }

    private Child start(Class<?> main, String... flags) throws IOException {
        Child child = Child.start(List.of(), List.of(flags), main, pool);
        children.add(child);
        return child;
    }

    private static void assertHasOpened(Child child) throws IOException {
        assertThat(child.read()).matches("pool .*|open");
    }

    /** The length of the batch that a process writes for a seed. */
    private static long batchLength(long seed) {
        try (Segment same = PoolProcess.write(
                SegmentWriter.inPrivateMemory(PoolProcess.SCHEMA, PoolProcess.bodyBytes(seed)), seed)) {
            return same.length();
        }
    }

    private static long batchBlock(long bodyBytes) {
        return block(BatchWriter.segmentBytes(PoolProcess.SCHEMA, bodyBytes));
    }

    /** The smallest of 1, 1.25, 1.5 and 1.75 times the powers of two from 256 on. */
    private static long block(long bytes) {
        long block = 256;
        for (int step = 1; block < bytes; step++) {
            block = (256L << (step / 4)) / 4 * (4 + step % 4);
        }
        return block;
    }
}
