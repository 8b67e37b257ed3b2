package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.NdArray;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.DirectoryHandle;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.NpyFile;
import io.arrowshm.testing.Python;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.vector.BigIntVector;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runtimes that are no participants ask for datasets by files; any participant publishes them, once. */
class RequestIT {
    private static final int LARGE = 2 << 20;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(16 << 20, 4096);

    @TempDir
    private Path directory;

    private Path incoming;

    @BeforeEach
    void makePool() {
        incoming = testPool.pool().directory().resolve("incoming");
    }

    @Test
    void pythonPublishesWhileAJvmHasThePoolOpenAndDoesNothing() throws Exception {
        String output = Python.find().run(RequestIT.class, "request.py", directory, incoming);
        assertThat(output).contains("done run 1/größe");
        try (Dataset dataset = datasets().open("run 1/größe")) {
            assertThat(dataset.attributes()).isEqualTo(Map.of("operator", "eve"));
            assertThat(dataset.info().persistent()).isTrue();
            NdArray frames = dataset.array("camera/frames");
            assertThat(frames.shape()).containsExactly(2, 3);
            assertThat(frames.getDouble(1, 2)).isEqualTo(5);
            assertThat(dataset.root().info("camera/frames").description()).isEqualTo("<f8 [2, 3]");
            assertThat(dataset.group("camera").info("frames").attributes()).isEqualTo(Map.of("unit", "mm"));
            BigIntVector ids = (BigIntVector) dataset.batch("table").getVector("id");
            assertThat(ids.get(2)).isEqualTo(3);
            assertThat(dataset.root().info("table").description()).startsWith("3 rows of id: Int(64, true)");
            assertThat(dataset.array("camera/again").getDouble(1, 2)).isEqualTo(5);
        }
        assertThat(incomingFiles()).containsExactly("one.answer");
        assertNothingIsLeftOf("run 1/größe");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "request_copied",
                "manifest_written",
                "request_decided",
                "named_not_counted",
                "segment_named:2",
                "manifest_renamed",
                "request_file_taken",
                "request_file_taken:2",
                "request_gone"
            })
    void aRequestIsCarriedOutOnceWhoeverIsKilledAtIt(String fault) throws Exception {
        askWhileNobodyIsThere();
        try (Child killed = opened("halt:" + fault)) {
            assertThat(killed.exitStatus()).isEqualTo(137);
        }
        JsonNode answer = answerOfSurvivor();
        assertThat(answer.get("done").asBoolean()).isTrue();
        assertThat(answer.get("dataset").asText()).isEqualTo("asked");
        assertThat(answer.get("revision").asLong()).isEqualTo(1);
        assertThat(datasets().list())
                .extracting(DatasetInfo::id, DatasetInfo::revision)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(answer.get("id").asLong(), 1L));
        assertThat(incomingFiles()).containsExactly("r.answer");
        assertNothingIsLeftOf("asked");
    }

    @Test
    void whatWasPublishedByAKilledProcessIsNotPublishedAgainOnceItIsDeleted() throws Exception {
        askWhileNobodyIsThere();
        try (Child killed = opened("halt:manifest_renamed")) {
            assertThat(killed.exitStatus()).isEqualTo(137);
        }
        assertThat(datasets().delete("asked")).isTrue();
        assertThat(incomingFiles()).containsExactly("r.answer");
        assertThat(IncomingRequest.answer(incoming, "r").get("done").asBoolean())
                .isTrue();
        assertThat(datasets().list()).isEmpty();
        assertThat(datasets().verify()).isEmpty();
    }

    @Test
    void whoeverTakesOverFromOneThatDiedAtTheEndDoesNotCarryOutTheRequestAgain() throws Exception {
        Path directory = testPool.pool().directory();
        askWhileNobodyIsThere();
        try (Child second = opened("stop:request_found")) {
            second.awaitStopped();
            try (Child killed = opened("halt:manifest_renamed")) {
                assertThat(killed.exitStatus()).isEqualTo(137);
            }
            try (DirectoryHandle opened = DirectoryHandle.open(directory);
                    ByteLocks namesLock = new ByteLocks(opened.path().resolve("names/lock"));
                    PoolInspector inspector = PoolInspector.open(testPool.options())) {
                // So that nobody completes what the first one has left before the second one has copied the files.
                assertThat(namesLock.tryLock(0)).isTrue();
                second.resume();
                Await.until(
                        "the second has copied the files, too",
                        () -> inspector.snapshot().segments().size() == 4);
            }
            // Nobody else is there: once it has answered this one it has done with the other.
            IncomingRequest.write(incoming, "s", "other", false, 1, 100);
            assertThat(IncomingRequest.answer(incoming, "s").get("done").asBoolean())
                    .isTrue();
        }
        datasets().delete("other");
        assertThat(datasets().list()).extracting(DatasetInfo::revision).containsExactly(1L);
        JsonNode answer = IncomingRequest.answer(incoming, "r");
        assertThat(answer.get("done").asBoolean()).as(answer.toString()).isTrue();
        assertThat(answer.get("revision").asLong()).isEqualTo(1);
        assertNothingIsLeftOf("asked");
    }

    @Test
    void aProcessThatIsStoppedAtARequestHoldsUpThatOneOnly() throws Exception {
        askWhileNobodyIsThere();
        try (Child stopped = opened("stop:request_copied")) {
            stopped.awaitStopped();
            testPool.pool();
            IncomingRequest.write(incoming, "s", "other", false, 1, 100);
            assertThat(IncomingRequest.answer(incoming, "s").get("done").asBoolean())
                    .isTrue();
            assertThat(incoming.resolve("r.request")).exists();
            stopped.resume();
            assertThat(IncomingRequest.answer(incoming, "r").get("done").asBoolean())
                    .isTrue();
        }
        datasets().delete("other");
        assertNothingIsLeftOf("asked");
    }

    @Test
    void aRequestThatIsTakenBackWhileItIsCarriedOutIsNotPublishedAndOneOfItsNameIsAnother() throws Exception {
        askWhileNobodyIsThere();
        IncomingRequest.write(incoming, "s", "taken back", false, 1, 100);
        try (Child stopped = opened("stop:request_copied")) {
            stopped.awaitStopped();
            Files.delete(incoming.resolve("r.request"));
            Files.delete(incoming.resolve("s.request"));
            IncomingRequest.write(incoming, "r", "asked anew", false, 1, 100);
            stopped.resume();
            assertThat(IncomingRequest.answer(incoming, "r").get("dataset").asText())
                    .isEqualTo("asked anew");
        }
        assertThat(datasets().list()).extracting(DatasetInfo::name).containsExactly("asked anew");
        assertThat(incoming.resolve("s.answer")).doesNotExist();
        assertNothingIsLeftOf("asked anew");
    }

    @Test
    void aRequestThatCannotBeAnsweredHoldsNoOtherUp() throws Exception {
        testPool.leave();
        // Whatever the order is in which they are found.
        for (String request : List.of("a", "b", "c")) {
            IncomingRequest.write(incoming, request, request, false, 1, 8);
        }
        Path inTheWay = Files.createDirectory(incoming.resolve(".b.answer"));
        testPool.pool();
        for (String request : List.of("a", "c")) {
            assertThat(IncomingRequest.answer(incoming, request).get("done").asBoolean())
                    .isTrue();
        }
        Files.delete(inTheWay);
        assertThat(IncomingRequest.answer(incoming, "b").get("done").asBoolean())
                .isTrue();
        datasets().delete("a");
        datasets().delete("b");
        assertNothingIsLeftOf("c");
    }

    @Test
    void manyRequestsAreEachCarriedOutOnceByManyParticipants() throws Exception {
        int requests = 40;
        try (Child first = opened();
                Child second = opened()) {
            assertThat(first.isAlive() && second.isAlive()).isTrue();
            for (int i = 0; i < requests; i++) {
                // Carried out twice it would be of revision 2.
                IncomingRequest.write(incoming, "r" + i, "d/" + i, true, 1 + i % 2, i % 10 == 0 ? LARGE / 4 : 100);
            }
            for (int i = 0; i < requests; i++) {
                assertThat(IncomingRequest.answer(incoming, "r" + i)
                                .get("revision")
                                .asLong())
                        .isEqualTo(1);
            }
        }
        assertThat(datasets().list()).hasSize(requests).allMatch(info -> info.revision() == 1);
        assertThat(incomingFiles()).hasSize(requests).allMatch(file -> file.endsWith(".answer"));
        for (int i = 0; i < requests; i++) {
            datasets().delete("d/" + i);
        }
        testPool.await("nothing is left", s -> s.segments() == 0);
        assertThat(datasets().verify()).isEmpty();
    }

    @Test
    void whatCannotBeCarriedOutIsRefusedWithTheReasonAndTheFilesStay() throws Exception {
        Files.write(incoming.resolve("f.npy"), NpyFile.zeros("|u1", 8, 1));
        Files.writeString(incoming.resolve("text"), "no array");
        Files.write(incoming.resolve("big.npy"), NpyFile.zeros(">f8", 1, 8));
        Files.write(incoming.resolve("large.npy"), NpyFile.zeros("|u1", 17 << 20, 1));
        Files.createSymbolicLink(incoming.resolve("link"), incoming.resolve("f.npy"));
        assertThat(new ProcessBuilder("mkfifo", incoming.resolve("fifo").toString())
                        .start()
                        .waitFor())
                .isZero();
        IncomingRequest.write(incoming, "first", "taken", false, 1, 8);
        assertThat(IncomingRequest.answer(incoming, "first").get("done").asBoolean())
                .isTrue();

        String part = ",\"segments\":[{\"path\":\"a\",\"file\":\"FILE\"}]}";
        Map<String, String> reasons = new LinkedHashMap<>();
        reasons.put("", "cannot be read");
        reasons.put("{", "cannot be read");
        reasons.put("[]", "not an object");
        reasons.put("{\"formatVersion\":1}", "format version 1, this pool takes 2");
        reasons.put("{\"formatVersion\":2}", "it has no dataset");
        reasons.put("{\"formatVersion\":2,\"dataset\":\"d\"}", "it has no segments");
        String begin = "{\"formatVersion\":2,\"dataset\":\"d\"";
        reasons.put(begin + ",\"more\":1" + part.replace("FILE", "f.npy"), "more");
        reasons.put(begin + ",\"persistent\":false" + part.replace("FILE", "f.npy"), "is persistent");
        reasons.put(begin + ",\"overwrite\":1" + part.replace("FILE", "f.npy"), "overwrite");
        for (String optional : List.of("overwrite", "persistent", "attributes", "groups")) {
            reasons.put(begin + ",\"" + optional + "\":null" + part.replace("FILE", "f.npy"), "/" + optional);
        }
        reasons.put(begin + part.replace("FILE\"", "f.npy\",\"attributes\":null"), "/segments/0/attributes");
        String deep = ",\"attributes\":{\"a\":" + "[".repeat(17) + "]".repeat(17) + "}";
        reasons.put(begin + deep + part.replace("FILE", "f.npy"), "depth of more than 16");
        reasons.put(begin + ",\"attributes\":{\"a\":null}" + part.replace("FILE", "f.npy"), "attributes");
        reasons.put(begin.replace("\"d\"", "\"../d\"") + part.replace("FILE", "f.npy"), "dataset name=../d");
        reasons.put(begin.replace("\"d\"", "\"taken\"") + part.replace("FILE", "f.npy"), "the dataset taken exists");
        reasons.put(begin + part.replace("FILE", "../pool.json"), "file name=../pool.json");
        reasons.put(begin + part.replace("FILE", "/etc/passwd"), "file name=/etc/passwd");
        reasons.put(begin + part.replace("FILE", ".f.npy"), "file name=.f.npy");
        reasons.put(begin + part.replace("FILE", "x.request"), "file name=x.request");
        reasons.put(begin + part.replace("FILE", "absent"), "it is not there");
        reasons.put(begin + part.replace("FILE", "link"), "not a file");
        reasons.put(begin + part.replace("FILE", "fifo"), "not a file");
        reasons.put(begin + part.replace("FILE", "text"), "it begins as no Arrow file");
        reasons.put(begin + part.replace("FILE", "big.npy"), ">f8");
        reasons.put(begin + part.replace("FILE", "large.npy"), "the pool");
        reasons.put(begin + ",\"groups\":{\"a\":{}}" + part.replace("FILE", "f.npy"), "a is a segment, and a group");
        reasons.put("[".repeat(100_000), "cannot be read");
        reasons.put(" ".repeat((16 << 20) + 1), "more than");
        int number = 0;
        for (Map.Entry<String, String> entry : reasons.entrySet()) {
            String request = "r" + number++;
            IncomingRequest.ask(incoming, request, entry.getKey());
            JsonNode answer = IncomingRequest.answer(incoming, request);
            assertThat(answer.get("done").asBoolean()).isFalse();
            assertThat(answer.get("reason").asText()).as(entry.getKey()).contains(entry.getValue());
            assertThat(answer.get("retry").asBoolean()).as(entry.getKey()).isFalse();
            assertThat(incoming.resolve(request + ".request")).doesNotExist();
        }
        assertThat(incomingFiles()).contains("f.npy", "text", "big.npy", "large.npy", "link", "fifo");
        assertThat(datasets().list()).extracting(DatasetInfo::name).containsExactly("taken");
        testPool.await("nothing else is left", s -> s.segments() == 1);
        assertNothingIsLeftOf("taken");
    }

    @Test
    void aRequestThatThereIsNoRoomForNowIsAnsweredSoAndCarriedOutWhenItIsAskedForAgain() throws Exception {
        IncomingRequest.write(incoming, "first", "first", false, 5, LARGE);
        assertThat(IncomingRequest.answer(incoming, "first").get("done").asBoolean())
                .isTrue();
        IncomingRequest.write(incoming, "second", "second", false, 4, LARGE);
        JsonNode answer = IncomingRequest.answer(incoming, "second");
        assertThat(answer.get("done").asBoolean()).isFalse();
        assertThat(answer.get("retry").asBoolean()).as("%s", answer).isTrue();
        assertThat(incomingFiles()).contains("second-0.npy", "second-3.npy").doesNotContain("second.request");
        assertThat(datasets().delete("first")).isTrue();
        IncomingRequest.write(incoming, "third", "second", false, 4, LARGE);
        assertThat(IncomingRequest.answer(incoming, "third").get("done").asBoolean())
                .isTrue();
        assertNothingIsLeftOf("second");
    }

    @Test
    void attributesOfRequestsLieInEachOtherToADepthOfSixteen() throws Exception {
        String deepest = "{\"a\":" + "[".repeat(16) + "]".repeat(16) + "}";
        Files.write(incoming.resolve("f.npy"), NpyFile.zeros("|u1", 8, 1));
        IncomingRequest.ask(
                incoming,
                "r",
                "{\"formatVersion\":2,\"dataset\":\"deep\",\"attributes\":" + deepest + ",\"groups\":{\"g\":" + deepest
                        + "},\"segments\":[{\"path\":\"a\",\"file\":\"f.npy\",\"attributes\":" + deepest + "}]}");
        assertThat(IncomingRequest.answer(incoming, "r").get("done").asBoolean())
                .isTrue();
        try (Dataset dataset = datasets().open("deep")) {
            assertThat(dataset.attributes().toString()).contains("[".repeat(16));
        }
        assertNothingIsLeftOf("deep");
    }

    @Test
    void whatIsNoRequestAndWhatLiesInTheWayHarmsNobody() throws Exception {
        Files.createDirectory(incoming.resolve("d.request"));
        Files.createSymbolicLink(incoming.resolve("l.request"), Path.of("/etc/passwd"));
        assertThat(new ProcessBuilder("mkfifo", incoming.resolve("p.request").toString())
                        .start()
                        .waitFor())
                .isZero();
        Files.createFile(incoming.resolve("ü.request"));
        Files.createDirectory(incoming.resolve("w.answer"));
        for (String request : List.of("l", "p")) {
            assertThat(IncomingRequest.answer(incoming, request).get("reason").asText())
                    .contains("no regular file");
        }
        IncomingRequest.write(incoming, "w", "silent", false, 1, 8);
        Await.until("it is published", () -> datasets().exists("silent"));
        IncomingRequest.write(incoming, "x", "good", false, 1, 8);
        assertThat(IncomingRequest.answer(incoming, "x").get("done").asBoolean())
                .isTrue();
        Files.delete(incoming.resolve("w.answer"));
        Files.delete(incoming.resolve("d.request"));
        datasets().delete("silent");
        assertNothingIsLeftOf("good");
    }

    private void askWhileNobodyIsThere() throws IOException {
        testPool.leave();
        IncomingRequest.write(incoming, "r", "asked", true, 2, LARGE);
    }

    private JsonNode answerOfSurvivor() throws IOException {
        testPool.pool();
        return IncomingRequest.answer(incoming, "r");
    }

    private Child opened() throws IOException {
        return opened(List.of());
    }

    private Child opened(String fault) throws IOException {
        return opened(List.of("-Darrow-shm.fault=" + fault));
    }

    private Child opened(List<String> flags) throws IOException {
        Child child = Child.start(List.of(), flags, FaultProcess.class, testPool.name());
        child.write("open");
        return child;
    }

    private Datasets datasets() {
        return Datasets.of(pool());
    }

    private SharedMemoryPool pool() {
        return testPool.pool();
    }

    private List<String> incomingFiles() throws IOException {
        try (Stream<Path> files = Files.list(incoming)) {
            return new ArrayList<>(
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    private void assertNothingIsLeftOf(String dataset) {
        assertThat(datasets().verify()).isEmpty();
        assertThat(datasets().delete(dataset)).isTrue();
        testPool.await("nothing is left", s -> s.segments() == 0);
        assertThat(datasets().verify()).isEmpty();
    }
}
