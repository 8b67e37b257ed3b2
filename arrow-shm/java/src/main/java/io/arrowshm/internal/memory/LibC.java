package io.arrowshm.internal.memory;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.nio.file.Path;

/** The few calls of the C library that JDK 17 has no equivalent for. Linux, 64 bit. */
final class LibC {
    static final int O_RDWR = 2;
    static final int O_DIRECTORY = Platform.isARM() ? 0x4000 : 0x10000;
    static final int O_CLOEXEC = 0x80000;

    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int MAP_SHARED = 1;
    static final long MAP_FAILED = -1;

    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;

    /** Locks that belong to the open file description, not to the process: see fcntl(2). */
    static final int F_OFD_GETLK = 36;

    static final int F_OFD_SETLK = 37;

    static final short F_RDLCK = 0;
    static final short F_WRLCK = 1;
    static final short F_UNLCK = 2;

    static final int FALLOC_FL_KEEP_SIZE = 1;
    static final int FALLOC_FL_PUNCH_HOLE = 2;

    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int ENOSPC = 28;

    static {
        if (!Platform.isLinux() || !Platform.is64Bit()) {
            throw new UnsupportedOperationException(
                    "64-bit Linux is needed for shared memory, os.name=" + System.getProperty("os.name"));
        }
        Native.register(LibC.class, Platform.C_LIBRARY_NAME);
    }

    private LibC() {}

    /**
     * Descriptor of an existing file for reading and writing; not inherited by child processes.
     *
     * @throws SharedMemoryException NO_PERMISSION or ABSENT
     */
    static int openForWriting(Path path) {
        try {
            return open(path.toString(), O_RDWR | O_CLOEXEC);
        } catch (LastErrorException e) {
            if (e.getErrorCode() == EACCES) {
                throw new SharedMemoryException(
                        Kind.NO_PERMISSION, path + " belongs to another user: " + e.getMessage(), e);
            }
            throw new SharedMemoryException(Kind.ABSENT, "cannot open " + path + ": " + e.getMessage(), e);
        }
    }

    static native int open(String path, int flags) throws LastErrorException;

    static native int close(int descriptor) throws LastErrorException;

    static native int flock(int descriptor, int operation) throws LastErrorException;

    static native int fcntl(int descriptor, int command, long argument) throws LastErrorException;

    static native int statx(int directory, String path, int flags, int mask, long buffer) throws LastErrorException;

    static native int fallocate(int descriptor, int mode, long offset, long length) throws LastErrorException;

    static native int ftruncate(int descriptor, long length) throws LastErrorException;

    static native long mmap(long address, long length, int protection, int flags, int descriptor, long offset)
            throws LastErrorException;

    static native int munmap(long address, long length) throws LastErrorException;
}
