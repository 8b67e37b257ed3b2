package io.arrowshm.shm.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.shm.PoolOptions;
import io.arrowshm.shm.SharedMemoryPool;
import io.arrowshm.shm.arrow.BatchWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command on pools of real processes; this JVM never opens one. */
class ShmCommandIT {
    private final String pool = "command-it-" + ProcessHandle.current().pid();
    private final PoolOptions options = PoolOptions.named(pool);
    private final List<Child> children = new ArrayList<>();

    @AfterEach
    void removePool() throws IOException {
        for (Child child : children) {
            child.close();
        }
        SharedMemoryPool.remove(options);
        assertThat(Path.of(options.directory()).toFile().list((directory, name) -> name.contains(pool)))
                .isEmpty();
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
    }

    private void assertThatOneHolds(Child child, boolean alive) throws Exception {
        JsonNode statistics = ShmCommand.json("stat", pool);
        JsonNode totals = statistics.get("totals");
        assertThat(totals.get("sizeBytes").asLong()).isEqualTo(16 << 20);
        assertThat(totals.get("segments").asInt()).isEqualTo(4);
        assertThat(totals.get("segmentsHeld").asInt()).isEqualTo(3);
        assertThat(totals.get("segmentsInFlight").asInt()).isEqualTo(1);
        assertThat(totals.get("participantsAlive").asInt()).isEqualTo(alive ? 1 : 0);
        assertThat(totals.get("epochs").asInt()).isEqualTo(1);
        JsonNode epoch = statistics.get("epochs").get(0);
        assertThat(epoch.get("name").asText()).isEqualTo("process " + child.pid());
        assertThat(epoch.get("alive").asBoolean()).isEqualTo(alive);
        assertThat(epoch.get("segments").asInt()).isEqualTo(1);

        JsonNode who = ShmCommand.json("who", pool);
        JsonNode held = who.get("segments");
        long[] wanted = {body(1), body(2), 1 << 16, body(3)};
        String[] states = {"sealed", "sealed", "building", "sealed"};
        long shortest = StreamSupport.stream(held.spliterator(), false)
                .map(one -> one.get("segment"))
                .filter(segment -> segment.get("state").asText().equals("sealed"))
                .filter(segment -> segment.get("inFlight").asInt() == 0)
                .mapToLong(segment -> segment.get("lengthBytes").asLong())
                .min()
                .orElseThrow();
        long sealedBytes = 0;
        for (JsonNode one : held) {
            JsonNode segment = one.get("segment");
            // Sizes differ, so slots are not in the order of allocation.
            boolean building = segment.get("state").asText().equals("building");
            boolean inFlight = segment.get("inFlight").asInt() == 1;
            int which = building ? 2 : inFlight ? 3 : segment.get("lengthBytes").asLong() == shortest ? 0 : 1;
            assertThat(segment.get("state").asText()).isEqualTo(states[which]);
            long asked = BatchWriter.segmentBytes(PoolProcess.SCHEMA, wanted[which]);
            assertThat(segment.get("blockBytes").asLong()).isBetween(asked, asked + asked / 4 + 64);
            assertThat(segment.get("generation").asLong()).isEqualTo(1);
            assertThat(segment.get("creatorProcessId").asLong()).isEqualTo(child.pid());
            assertThat(one.get("holders").size()).isEqualTo(inFlight ? 0 : 1);
            sealedBytes += building ? 0 : segment.get("blockBytes").asLong();
        }
        assertThat(held.size()).isEqualTo(4);
        assertThat(totals.get("sealedBytes").asLong()).isEqualTo(sealedBytes);

        JsonNode participant = who.get("participants").get(0).get("participant");
        assertThat(who.get("participants").size()).isEqualTo(1);
        assertThat(participant.get("processId").asLong()).isEqualTo(child.pid());
        assertThat(participant.get("alive").asBoolean()).isEqualTo(alive);
        assertThat(participant.get("command").asText()).isEqualTo(PoolProcess.class.getName() + " " + pool);
        assertThat(participant.get("segments").asInt()).isEqualTo(3);
        assertThat(participant.get("bytes").asLong())
                .isEqualTo(totals.get("heldBytes").asLong());
        assertThat(participant.get("joinedAtMs").asLong()).isBetween(1L, System.currentTimeMillis());
        assertThat(ShmCommand.json("who", pool, "--pid", "1").get("segments").size())
                .isZero();
        assertThat(ShmCommand.json("who", pool, "--segment", "0")
                        .get("segments")
                        .size())
                .isEqualTo(1);

        JsonNode listed = StreamSupport.stream(
                        ShmCommand.json("ls").get("pools").spliterator(), false)
                .filter(one -> one.get("name").asText().equals(pool))
                .findFirst()
                .orElseThrow();
        assertThat(listed.get("totals")).isEqualTo(totals);
        assertThat(ShmCommand.json("ls", pool).get("segments").size()).isEqualTo(4);
        assertThat(ShmCommand.run("ls", "-s").out().lines()).contains(pool);
        assertThat(ShmCommand.run("verify", pool, "--deep")).isEqualTo(new ShmCommand.Result(0, "clean\n", ""));
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
        // Otherwise he reclaims before the command does.
        stopped.signal("STOP");
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
        stopped.signal("CONT");
        assertThat(stopped.ask("hold 7")).isEqualTo("held");
    }

    @Test
    void findsABusyPoolClean() throws Exception {
        for (int i = 0; i < 2; i++) {
            Child child = child();
            assertThat(child.ask("spin")).isEqualTo("spinning");
        }
        for (int i = 0; i < 3; i++) {
            assertThat(ShmCommand.run("verify", pool, "--deep")).isEqualTo(new ShmCommand.Result(0, "clean\n", ""));
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
            child();
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
        Files.writeString(description, right.replace("\"formatVersion\":1", "\"formatVersion\":99"));
        ShmCommand.Result result = ShmCommand.run("stat", pool);
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("format version 99", "reads 1").hasLineCount(1);
        assertThat(ShmCommand.run("ls").out()).contains(pool, "format version 99");
    }

    private Child child() throws IOException {
        Child child = Child.start(pool);
        children.add(child);
        assertThat(child.read()).startsWith("pool ");
        return child;
    }

    private static long body(long seed) {
        return (1 + seed) * 8 + 4096;
    }
}
