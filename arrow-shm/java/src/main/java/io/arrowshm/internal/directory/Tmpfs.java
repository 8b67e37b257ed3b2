package io.arrowshm.internal.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The kind of file system that pools are made for: its files are memory. Stateless. */
public final class Tmpfs {
    private static final String TYPE = "tmpfs";

    private Tmpfs() {}

    /** What is wrong with a directory whose files are written to a disk, and the remedy; null if it is on a tmpfs. */
    public static @Nullable String problem(Path directory) {
        String type;
        try {
            type = Files.getFileStore(directory).type();
        } catch (IOException e) {
            return "the file system of " + directory + " cannot be told: " + e;
        }
        return type.equals(TYPE)
                ? null
                : directory + " is on a file system of type " + type
                        + ", not on a tmpfs: what is written there goes to a"
                        + " disk, too; name a directory of a tmpfs, as /dev/shm is one (mount -t tmpfs -o size=… tmpfs"
                        + " DIRECTORY makes another)";
    }
}
