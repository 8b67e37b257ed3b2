package io.arrowshm.internal.memory;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A path from a directory that this process has open: whoever renames what lies above that directory, or puts something
 * else there, changes nothing of where it leads. Any thread, until the directory is closed.
 *
 * @param directory where it begins
 * @param relative names with '/' between them, empty for the directory itself
 */
public record SafePath(DirectoryHandle directory, String relative) {
    public SafePath resolve(String name) {
        return new SafePath(directory, relative.isEmpty() ? name : relative + "/" + name);
    }

    /** A file in the same directory. */
    public SafePath resolveSibling(String name) {
        return new SafePath(directory, relative.substring(0, relative.lastIndexOf('/') + 1) + name);
    }

    /** The last of its names. */
    public String name() {
        return relative.substring(relative.lastIndexOf('/') + 1);
    }

    /**
     * For calls of the operating system; means nothing to another process, and nothing to people.
     *
     * @throws SharedMemoryException CLOSED if the directory is: its number may be another file's by now
     */
    public Path access() {
        return directory.access().resolve(relative);
    }

    /** As it was when the directory was opened: for people, and for other processes. */
    public Path shown() {
        return directory.shown().resolve(relative);
    }

    /**
     * What is in this directory, in no order.
     *
     * @throws SharedMemoryException ABSENT if it is gone
     */
    public List<SafePath> list() {
        List<SafePath> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(access())) {
            entries.forEach(entry -> found.add(resolve(entry.getFileName().toString())));
        } catch (NoSuchFileException e) {
            throw new SharedMemoryException(Kind.ABSENT, "there is no " + this + " any more", e);
        } catch (IOException | DirectoryIteratorException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot list " + this + ": " + e, e);
        }
        return found;
    }

    @Override
    public String toString() {
        return shown().toString();
    }
}
