package io.arrowshm.shm.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** New files and directories that only the user can open, whatever the process's umask is. */
public final class PrivateFiles {
    static final Set<PosixFilePermission> OF_FILES = PosixFilePermissions.fromString("rw-------");

    private PrivateFiles() {}

    /** Creates an empty file of mode 0600. */
    public static void createFile(Path path) throws IOException {
        Files.createFile(path, PosixFilePermissions.asFileAttribute(OF_FILES));
    }

    /** Creates a directory of mode 0700. */
    public static void createDirectory(Path path) throws IOException {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
}
