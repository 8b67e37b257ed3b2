package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.NpyFile;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Requests and manifests of 16 MiB that are made to fill a heap: a process with 128 MiB refuses each in one sentence, and
 * reads the largest that are allowed.
 */
class SmallHeapIT {
    private static final int MOST_BYTES = 16 << 20;
    private static final int MOST_PATHS = 1 << 17;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(16 << 20, 4096);

    private Path directory;
    private Child child;
    private int asked;

    @BeforeEach
    void startProcess() throws IOException {
        directory = testPool.pool().directory();
        testPool.leave();
        Files.write(directory.resolve("incoming/f.npy"), NpyFile.zeros("|u1", 8, 1));
        child = Child.start(List.of(), List.of(), FaultProcess.class, testPool.name());
        assertThat(child.ask("open")).isEqualTo("done");
    }

    @AfterEach
    void endProcess() throws IOException {
        child.close();
    }

    @Test
    void manySmallValuesAreRefusedAndTheProcessGoesOn() throws Exception {
        for (String value : List.of(
                "200,",
                "0.5,",
                "true,",
                "[],",
                "[[]],",
                "{},",
                "{\"a\":{\"b\":{}}},",
                "\"\u00e9\",",
                "\"\u65e5\u672c\u8a9e\",",
                "[[[[[[[[[[[[[[",
                "111111111111111111")) {
            String values = value.repeat(MOST_BYTES / value.getBytes(StandardCharsets.UTF_8).length - 100);
            assertRefused(request("\"attributes\":{\"a\":[" + values + "0]},\"segments\":[]}"));
        }
    }

    @Test
    void manyNamesGroupsAndSegmentsAreRefusedAndTheProcessGoesOn() throws Exception {
        StringBuilder names = new StringBuilder();
        StringBuilder groups = new StringBuilder();
        StringBuilder segments = new StringBuilder();
        for (int i = 0; segments.length() < MOST_BYTES - 200; i++) {
            segments.append("{\"path\":\"").append(i).append("\",\"file\":\"f\"},");
            if (groups.length() < MOST_BYTES - 200) {
                groups.append('"').append(i).append("\":{},");
                names.append('"').append(i).append("\":[],");
            }
        }
        assertRefused(request("\"attributes\":{" + names + "\"a\":1},\"segments\":[]}"));
        assertRefused(request("\"groups\":{" + groups + "\"a\":{}},\"segments\":[]}"));
        assertRefused(request("\"segments\":[" + segments + "{\"path\":\"a\",\"file\":\"f\"}]}"));
    }

    @Test
    void theLargestThatAreAllowedAreCarriedOutAndRead() throws Exception {
        StringBuilder segments = new StringBuilder();
        for (int i = 0; i < MOST_PATHS - 1; i++) {
            segments.append("{\"path\":\"")
                    .append(i)
                    .append("\",\"file\":\"f.npy\",\"attributes\":{\"")
                    .append(i)
                    .append("\":0.5}},");
        }
        String text = "x".repeat(MOST_BYTES - segments.length() - 1000);
        JsonNode answer = ask(request("\"attributes\":{\"text\":\"" + text + "\"},\"segments\":[" + segments
                + "{\"path\":\"a\",\"file\":\"f.npy\"}]}"));
        // The manifest says more of each segment than the request, so that it would be larger.
        assertThat(answer.get("reason").asText()).contains("the manifest of the dataset has");
        answer = ask(request("\"segments\":[" + segments + "{\"path\":\"a\",\"file\":\"f.npy\"}]}"));
        assertThat(answer.get("done").asBoolean()).as("%s", answer).isTrue();
        answer = ask(request("\"overwrite\":true,\"attributes\":{\"text\":\"" + "x".repeat(MOST_BYTES - 1000)
                + "\"},\"segments\":[]}"));
        assertThat(answer.get("done").asBoolean()).as("%s", answer).isTrue();
        assertThat(Datasets.of(testPool.pool()).delete("large")).isTrue();
    }

    private static String request(String rest) {
        return "{\"formatVersion\":2,\"dataset\":\"large\"," + rest;
    }

    private void assertRefused(String request) throws IOException {
        JsonNode answer = ask(request);
        assertThat(answer.get("done").asBoolean()).isFalse();
        assertThat(answer.get("reason").asText()).contains("cannot be read").hasSizeLessThan(1000);
    }

    /** Of the process, which then reads a manifest of the same attributes and groups, too. */
    private JsonNode ask(String request) throws IOException {
        String name = "r" + asked++;
        Path incoming = directory.resolve("incoming");
        IncomingRequest.ask(incoming, name, request);
        JsonNode answer = IncomingRequest.answer(incoming, name);
        Files.writeString(directory.resolve("names/manifest.json"), manifest(request));
        assertThat(child.ask("hold manifest")).startsWith("error CORRUPT");
        assertThat(child.ask("delete manifest")).isEqualTo("done");
        assertThat(child.ask("pass 3")).isEqualTo("done");
        return answer;
    }

    /** Of what a request asks for, as others might have written it. */
    private static String manifest(String request) {
        return "{\"formatVersion\":2,\"id\":1,\"revision\":1,\"publishedAtMs\":1,\"creator\":{\"participant\":0,\"processId\":1,"
                + "\"incarnation\":\"0000000000000001\"},\"content\":{\"persistent\":true,"
                + request.substring(request.indexOf("large") + "large\",".length())
                + "}";
    }
}
