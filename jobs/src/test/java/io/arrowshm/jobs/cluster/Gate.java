package io.arrowshm.jobs.cluster;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Holds the tasks of a job, in whatever process, until a test opens it: a file that does not exist yet. */
record Gate(String file) implements Serializable {
    static Gate in(Path directory) {
        return new Gate(directory.resolve("gate").toString());
    }

    void open() throws Exception {
        Files.createFile(Path.of(file));
    }

    boolean isOpen() {
        return Files.exists(Path.of(file));
    }

    void pass() {
        Await.until("the test opens the gate", Duration.ofMinutes(2), this::isOpen, () -> "gate=" + file);
    }
}
