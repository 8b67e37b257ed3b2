package io.arrowshm.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.NpyFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files and requests as another runtime writes them, and the answers that it gets. */
final class IncomingRequest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private IncomingRequest() {}

    /** Asks for arrays of zeros at {@code a0}, {@code a1} and so on, each in a file of its own. */
    static void write(Path incoming, String request, String dataset, boolean overwrite, int files, int bytes)
            throws IOException {
        ObjectNode asked = JSON.createObjectNode()
                .put("formatVersion", 2)
                .put("dataset", dataset)
                .put("overwrite", overwrite);
        for (int i = 0; i < files; i++) {
            String file = request + "-" + i + ".npy";
            Files.write(incoming.resolve(file), NpyFile.zeros("|u1", bytes, 1));
            asked.withArray("segments").addObject().put("path", "a" + i).put("file", file);
        }
        ask(incoming, request, asked.toString());
    }

    static void ask(Path incoming, String request, String text) throws IOException {
        Path aside = Files.writeString(incoming.resolve("." + request), text);
        Files.move(aside, incoming.resolve(request + ".request"), StandardCopyOption.ATOMIC_MOVE);
    }

    static JsonNode answer(Path incoming, String request) throws IOException {
        Path answer = incoming.resolve(request + ".answer");
        Await.until("the request " + request + " is answered", () -> Files.exists(answer), () -> list(incoming));
        return JSON.readTree(answer.toFile());
    }

    private static String list(Path incoming) {
        try (var files = Files.list(incoming)) {
            return files.toList().toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
