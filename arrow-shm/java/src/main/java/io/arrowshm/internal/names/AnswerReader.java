package io.arrowshm.internal.names;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one answer: whoever wrote it may have died at it, or may be another. Used once, by one thread. */
final class AnswerReader {
    private static final List<String> FIELDS = List.of("formatVersion", "done");
    private static final List<String> OPTIONAL = List.of("reason", "retry", "dataset", "id", "revision", "files");

    private final StrictJson json;

    private int formatVersion;
    private boolean done;
    private @Nullable String reason;
    private @Nullable Boolean retry;
    private @Nullable String dataset;
    private @Nullable Long id;
    private @Nullable Long revision;
    private @Nullable List<String> files;

    AnswerReader(StrictJson json) {
        this.json = json;
    }

    Answer read() throws IOException {
        json.object(FIELDS, OPTIONAL, name -> {
            switch (name) {
                case "formatVersion" -> formatVersion = json.smallNumber();
                case "done" -> done = json.truth();
                case "reason" -> reason = json.text();
                case "retry" -> retry = json.truth();
                case "dataset" -> dataset = json.text();
                case "id" -> id = json.whole();
                case "revision" -> revision = json.whole();
                default -> files = files();
            }
        });
        return new Answer(formatVersion, done, reason, retry, dataset, id, revision, files);
    }

    private List<String> files() throws IOException {
        List<String> found = new ArrayList<>();
        json.list(() -> {
            if (found.size() == Content.MAX_PATHS) {
                throw json.wrong("no request has more than " + Content.MAX_PATHS + " files");
            }
            found.add(file());
        });
        return List.copyOf(found);
    }

    private String file() throws IOException {
        String file = json.text();
        if (!IncomingFiles.isName(file)) {
            throw json.wrong("no file to be adopted can be called so");
        }
        return file;
    }
}
