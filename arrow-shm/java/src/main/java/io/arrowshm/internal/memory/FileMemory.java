package io.arrowshm.internal.memory;

import com.sun.jna.LastErrorException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;

/** The memory behind a file of a tmpfs: giving it pages, taking them away, and counting them. Any thread. */
public final class FileMemory {
    // A signal ends a call of fallocate, which undoes what it has done: a profiler's signals would never let a large
    // one through.
    private static final long BYTES_A_CALL = 4 << 20;

    private FileMemory() {}

    /** Creates a file of holes, private to the user. */
    public static void create(SafePath path, long length) {
        try {
            PrivateFiles.createFile(path);
        } catch (FileAlreadyExistsException e) {
            throw new SharedMemoryException(Kind.IN_USE, path + " exists already", e);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot create " + path + ": " + e, e);
        }
        int descriptor = LibC.openForWriting(path);
        try {
            LibC.ftruncate(descriptor, length);
        } catch (LastErrorException e) {
            PrivateFiles.delete(path);
            throw new SharedMemoryException(
                    Kind.SYSTEM, "cannot make " + path + " " + length + " bytes long: " + e.getMessage(), e);
        } finally {
            LibC.close(descriptor);
        }
    }

    /**
     * Gives every page of the range memory; no-op where it has some.
     *
     * @throws SharedMemoryException FULL if the file system has no room: then a part of the range may have got memory
     */
    public static void back(SafePath path, long offset, long length) {
        back(path, 0, offset, length);
    }

    /**
     * Gives the first bytes of a file memory, also where there are more of them than the file has: whoever reads it sees no
     * difference.
     *
     * @throws SharedMemoryException FULL if the file system has no room: then there is no memory behind the file's end
     */
    public static void backBeyondEnd(SafePath path, long length) {
        try {
            back(path, LibC.FALLOC_FL_KEEP_SIZE, 0, length);
        } catch (SharedMemoryException e) {
            setLength(path, FileStatus.of(path).bytes());
            throw e;
        }
    }

    /** Makes a file so long; memory that it has behind that is given back, and memory within stays. */
    public static void setLength(SafePath path, long length) {
        int descriptor = LibC.openForWriting(path);
        try {
            LibC.ftruncate(descriptor, length);
        } catch (LastErrorException e) {
            throw new SharedMemoryException(
                    Kind.SYSTEM, "cannot make " + path + " " + length + " bytes long: " + e.getMessage(), e);
        } finally {
            LibC.close(descriptor);
        }
    }

    /** Takes the memory of every page that lies wholly in the range; the file keeps its length. Nobody may touch it. */
    public static void punch(SafePath path, long offset, long length) {
        int descriptor = LibC.openForWriting(path);
        try {
            int mode = LibC.FALLOC_FL_PUNCH_HOLE | LibC.FALLOC_FL_KEEP_SIZE;
            fallocate(path, descriptor, mode, offset, length, length);
        } finally {
            LibC.close(descriptor);
        }
    }

    /** Renames a file within its file system. */
    public static void move(SafePath from, SafePath to) {
        try {
            Files.move(from.access(), to.access(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot rename " + from + " to " + to + ": " + e, e);
        }
    }

    private static void back(SafePath path, int mode, long offset, long length) {
        int descriptor = LibC.openForWriting(path);
        try {
            long end = offset + length;
            for (long from = offset; from < end; from += BYTES_A_CALL) {
                fallocate(path, descriptor, mode, from, Math.min(BYTES_A_CALL, end - from), length);
            }
        } finally {
            LibC.close(descriptor);
        }
    }

    private static void fallocate(SafePath path, int descriptor, int mode, long offset, long length, long wanted) {
        while (true) {
            try {
                LibC.fallocate(descriptor, mode, offset, length);
                return;
            } catch (LastErrorException e) {
                if (e.getErrorCode() == LibC.ENOSPC || e.getErrorCode() == LibC.ENOMEM) {
                    throw FreeSpace.full(path, wanted);
                }
                if (e.getErrorCode() != LibC.EINTR) {
                    throw new SharedMemoryException(
                            Kind.SYSTEM, "fallocate of " + path + " failed: " + e.getMessage(), e);
                }
            }
        }
    }
}
