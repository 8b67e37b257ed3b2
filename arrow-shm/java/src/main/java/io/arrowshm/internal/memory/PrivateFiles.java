package io.arrowshm.internal.memory;

import com.sun.jna.LastErrorException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Files and directories that only the user can open, whatever the process's umask is. Links are never followed. */
public final class PrivateFiles {
    private static final Set<PosixFilePermission> OF_FILES = PosixFilePermissions.fromString("rw-------");

    private static final long PIECE_BYTES = 1 << 20;

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
        } catch (NoSuchFileException e) {
            throw new SharedMemoryException(Kind.ABSENT, path + " is gone", e);
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

    /**
     * Reads a file into memory, as long as somebody wants it; returns how many bytes it had, which may be more than there
     * was room for. What others do to the file meanwhile harms nobody.
     *
     * @param length bytes that there is room for
     * @param goOn asked now and then
     * @throws SharedMemoryException CLOSED if it is not wanted any more; ABSENT; NO_PERMISSION or CORRUPT if it is not a file
     *     that only this user has made
     */
    public static long readInto(long address, long length, SafePath path, BooleanSupplier goOn) {
        int descriptor = LibC.openForReading(path);
        try {
            byte[] piece = new byte[(int) Math.min(PIECE_BYTES, length + 1)];
            long done = 0;
            for (long read = 1; read > 0 && done <= length; done += read) {
                if (!goOn.getAsBoolean()) {
                    throw new SharedMemoryException(Kind.CLOSED, path + " is not wanted any more");
                }
                read = LibC.read(descriptor, piece, piece.length);
                Memory.copy(piece, 0, address + done, Math.min(read, length - done));
            }
            return done;
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
