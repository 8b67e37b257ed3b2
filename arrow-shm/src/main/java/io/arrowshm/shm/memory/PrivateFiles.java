package io.arrowshm.shm.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** New files and directories that only the user can open, whatever the process's umask is. */
public final class PrivateFiles {
    private PrivateFiles() {}

    /** Creates an empty file of mode 0600. */
    public static void createFile(Path path) throws IOException {
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }

    /** Creates a directory of mode 0700. */
    public static void createDirectory(Path path) throws IOException {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
