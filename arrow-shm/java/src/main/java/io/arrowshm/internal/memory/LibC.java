package io.arrowshm.internal.memory;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;

/** The few calls of the C library that JDK 17 has no equivalent for. Linux, 64 bit. */
final class LibC {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_DIRECTORY = Platform.isARM() ? 0x4000 : 0x10000;
    static final int O_NOFOLLOW = Platform.isARM() ? 0x8000 : 0x20000;
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

    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EISDIR = 21;
    static final int ENOSPC = 28;
    static final int ELOOP = 40;

    private static final String LIBRARY_PATH = "jna.platform.library.path";

    static {
        if (!Platform.isLinux() || !Platform.is64Bit()) {
            throw new UnsupportedOperationException(
                    "64-bit Linux is needed for shared memory, os.name=" + System.getProperty("os.name"));
        }
        // Otherwise JNA starts a process, ldconfig, to ask it where libraries are: 0.1 s in a JVM that has just
        // started. What
        // it sets without an answer is the same but for further directories, which the dynamic linker knows by itself.
        if (System.getProperty(LIBRARY_PATH) == null) {
            System.setProperty(LIBRARY_PATH, defaultLibraryPath());
        }
        // The C library is part of this process: it need not be searched for.
        Native.register(LibC.class, NativeLibrary.getProcess());
    }

    private LibC() {}

    private static String defaultLibraryPath() {
        String machine = Platform.isARM() ? "aarch64" : "x86_64";
        return "/usr/lib/" + machine + "-linux-gnu:/lib/" + machine + "-linux-gnu:/usr/lib64:/lib64:/usr/lib:/lib";
    }

    /**
     * Descriptor of an existing file for reading and writing; not inherited by child processes.
     *
     * @throws SharedMemoryException as for {@link #openForReading}
     */
    static int openForWriting(SafePath path) {
        return openFile(path, O_RDWR);
    }

    /**
     * Descriptor of an existing regular file of this user that nobody else can write. Never waits, as for the other end
     * of a FIFO.
     *
     * @throws SharedMemoryException ABSENT, NO_PERMISSION, CORRUPT (something else has the name) or SYSTEM
     */
    static int openForReading(SafePath path) {
        return openFile(path, O_RDONLY);
    }

    private static int openFile(SafePath path, int flags) {
        int descriptor;
        try {
            descriptor = open(path.access().toString(), flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        } catch (LastErrorException e) {
            throw notOpened(path, e);
        }
        try {
            FileStatus.of(descriptor, path).requirePrivate(path, FileStatus.Type.FILE);
            return descriptor;
        } catch (SharedMemoryException e) {
            close(descriptor);
            throw e;
        }
    }

    private static SharedMemoryException notOpened(SafePath path, LastErrorException e) {
        return switch (e.getErrorCode()) {
            case ENOENT -> new SharedMemoryException(Kind.ABSENT, "there is no " + path, e);
            case EACCES ->
                new SharedMemoryException(Kind.NO_PERMISSION, path + " belongs to another user: " + e.getMessage(), e);
            case ELOOP, ENXIO, EISDIR -> new SharedMemoryException(Kind.CORRUPT, path + " is no regular file", e);
            default -> new SharedMemoryException(Kind.SYSTEM, "cannot open " + path + ": " + e.getMessage(), e);
        };
    }

    /** The user as whom this process runs. */
    static native int geteuid();

    static native int open(String path, int flags) throws LastErrorException;

    static native int close(int descriptor) throws LastErrorException;

    static native long read(int descriptor, byte[] bytes, long length) throws LastErrorException;

    static native int unlink(String path) throws LastErrorException;

    static native int rmdir(String path) throws LastErrorException;

    static native int flock(int descriptor, int operation) throws LastErrorException;

    static native int fcntl(int descriptor, int command, long argument) throws LastErrorException;

    static native int statx(int directory, String path, int flags, int mask, long buffer) throws LastErrorException;

    static native int fallocate(int descriptor, int mode, long offset, long length) throws LastErrorException;

    static native int ftruncate(int descriptor, long length) throws LastErrorException;

    static native long mmap(long address, long length, int protection, int flags, int descriptor, long offset)
            throws LastErrorException;

    static native int munmap(long address, long length) throws LastErrorException;
}
