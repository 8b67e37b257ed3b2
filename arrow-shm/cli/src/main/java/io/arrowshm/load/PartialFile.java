package io.arrowshm.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A file that appears when it is complete, and is written beside its place until then, under a name that nobody else has.
 * Whatever ends before that deletes it, also a JVM that is told to stop; only one that is killed leaves it, by a name that
 * begins with {@link #NAME}. One thread.
 */
final class PartialFile implements AutoCloseable {
    /** What the names of incomplete files begin with, whatever they will be called. */
    static final String NAME = ".arrow-shm-export-";

    private final Path target;
    private final Path path;
    private final Thread onShutdown;

    /** @param target is replaced, if it is there */
    PartialFile(Path target) throws IOException {
        this.target = target;
        // What others may do with it is what the process lets them, as with any other file.
        path = Files.createTempFile(
                target.resolveSibling(""),
                NAME,
                null,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-rw-rw-")));
        onShutdown = new Thread(this::delete, "delete an incomplete file");
        Runtime.getRuntime().addShutdownHook(onShutdown);
    }

    /** Where to write. */
    Path path() {
        return path;
    }

    /** Puts it into its place. */
    void complete() throws IOException {
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(onShutdown);
        } catch (IllegalStateException stopping) {
            // Then it runs anyway, and may have run: deleting it twice does no harm.
        }
        Files.deleteIfExists(path);
    }
}
