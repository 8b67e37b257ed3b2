package io.arrowshm.internal.memory;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files and directories that only the user can open, whatever the process's umask is. */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> OF_FILES = PosixFilePermissions.fromString("rw-------");

    private PrivateFiles() {}

    /** Creates an empty file of mode 0600. */
    public static void createFile(Path path) throws IOException {
        Files.createFile(path, PosixFilePermissions.asFileAttribute(OF_FILES));
    }

    /** Gives a file that somebody else made mode 0600. */
    public static void makePrivate(Path path) {
        try {
            Files.setPosixFilePermissions(path, OF_FILES);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot change the mode of " + path + ": " + e, e);
        }
    }

    /** Creates a directory of mode 0700. */
    public static void createDirectory(Path path) throws IOException {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
