package io.arrowshm.internal.memory;

import com.sun.jna.LastErrorException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;

/** Files and directories that only the user can open, whatever the process's umask is. Links are never followed. */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> OF_FILES = PosixFilePermissions.fromString("rw-------");

    private PrivateFiles() {}

    /** Creates an empty file of mode 0600. */
    public static void createFile(SafePath path) throws IOException {
        Files.createFile(path.access(), PosixFilePermissions.asFileAttribute(OF_FILES));
    }

    /**
     * Gives a file that this user made otherwise mode 0600.
     *
     * @throws SharedMemoryException NO_PERMISSION if it belongs to another user; CORRUPT if it is no regular file; ABSENT
     */
    public static void makePrivate(SafePath path) {
        FileStatus status = FileStatus.of(path);
        status.requireOwn(path);
        if (status.type() != FileStatus.Type.FILE) {
            throw new SharedMemoryException(Kind.CORRUPT, path + " is no regular file");
        }
        try {
            Files.setPosixFilePermissions(path.access(), OF_FILES);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot change the mode of " + path + ": " + e, e);
        }
    }

    /** Creates a directory of mode 0700. */
    public static void createDirectory(SafePath path) throws IOException {
        Files.createDirectory(
                path.access(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /**
     * The bytes of a file, at most so many. An interrupt does not end it.
     *
     * @throws SharedMemoryException ABSENT; NO_PERMISSION or CORRUPT if it is not a file that only this user has made
     */
    public static byte[] read(SafePath path, int most) {
        int descriptor = LibC.openForReading(path);
        try {
            byte[] bytes = new byte
                    [(int) Math.min(most, FileStatus.of(descriptor, path).bytes())];
            return Arrays.copyOf(bytes, (int) LibC.read(descriptor, bytes, bytes.length));
        } catch (LastErrorException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot read " + path + ": " + e.getMessage(), e);
        } finally {
            LibC.close(descriptor);
        }
    }

    /** Deletes a file or a link, never a directory; false if nothing has the name. */
    public static boolean delete(SafePath path) {
        try {
            LibC.unlink(path.access().toString());
            return true;
        } catch (LastErrorException e) {
            return isAbsent(path, e);
        }
    }

    /** Deletes a directory that is empty; false if nothing has the name. */
    public static boolean deleteDirectory(SafePath path) {
        try {
            LibC.rmdir(path.access().toString());
            return true;
        } catch (LastErrorException e) {
            return isAbsent(path, e);
        }
    }

    private static boolean isAbsent(SafePath path, LastErrorException e) {
        if (e.getErrorCode() == LibC.ENOENT) {
            return false;
        }
        throw new SharedMemoryException(Kind.SYSTEM, "cannot delete " + path + ": " + e.getMessage(), e);
    }
}
