package io.arrowshm.cluster;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Tells between a test and the tasks of a job, in whatever process, that something has happened: a file that does not exist
 * yet. Opened once by either side, passed by the other.
 */
public record Gate(String file) implements Serializable {
    public static Gate in(Path directory) {
        return new Gate(directory.resolve("gate").toString());
    }

    /** Opening an open gate does nothing: a task that was restarted comes here again. */
    public void open() throws IOException {
        Files.write(Path.of(file), new byte[0]);
    }

    public boolean isOpen() {
        return Files.exists(Path.of(file));
    }

    public void pass() {
        Await.until("the gate is opened", Duration.ofMinutes(2), this::isOpen, () -> "gate=" + file);
    }
}
