package io.arrowshm.jobs.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Everything that one run writes beside its results: logs and Flink's temporary files. */
public final class RunDirectory {
    private final Path path;

    /**
     * Makes it.
     *
     * @param command what runs
     */
    public RunDirectory(String command) {
        try {
            path = Files.createTempDirectory("arrow-shm-" + command + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary directory", e);
        }
        // Read by log4j2.xml when the first logger is made, so nothing before this line may log.
        System.setProperty("arrow-shm.client.log", path.resolve("client.log").toString());
    }

    public Path path() {
        return path;
    }

    /** Where the cluster works; not made yet. */
    public Path cluster() {
        return path.resolve("cluster");
    }

    /** Deletes it and all that is in it. */
    public void delete() {
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path entry : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(entry);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + path, e);
        }
    }
}
