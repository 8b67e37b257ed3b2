package io.arrowshm.internal.memory;

import com.sun.jna.LastErrorException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.nio.file.Path;

/**
 * A directory that this process has open, so that it stays the same one whatever others put under its name meanwhile. All
 * that lies in it is reached from here, see {@link SafePath}. Any thread.
 */
public final class DirectoryHandle implements AutoCloseable {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final Path shown;
    private final int descriptor;
    private final Path access;
    private volatile boolean closed;

    private DirectoryHandle(Path shown, int descriptor) {
        this.shown = shown;
        this.descriptor = descriptor;
        access = DESCRIPTORS.resolve(Integer.toString(descriptor));
    }

    /**
     * Opens a directory that others may be able to write. Links are followed: which directory it is to be was the user's
     * choice.
     *
     * @throws SharedMemoryException ABSENT if there is no such directory; NO_PERMISSION
     */
    public static DirectoryHandle open(Path directory) {
        return open(directory, directory, 0);
    }

    /**
     * Opens a directory that belongs to this process's user and that nobody else can write.
     *
     * @throws SharedMemoryException NO_PERMISSION if it is anything else; ABSENT
     */
    public static DirectoryHandle openPrivate(SafePath directory) {
        // First what it is: what belongs to others mostly cannot even be opened.
        FileStatus.of(directory).requirePrivate(directory, FileStatus.Type.DIRECTORY);
        DirectoryHandle opened = open(directory.access(), directory.shown(), LibC.O_NOFOLLOW);
        try {
            opened.status().requirePrivate(directory, FileStatus.Type.DIRECTORY);
            return opened;
        } catch (SharedMemoryException e) {
            opened.close();
            throw e;
        }
    }

    private static DirectoryHandle open(Path access, Path shown, int flags) {
        try {
            return new DirectoryHandle(shown, LibC.open(access.toString(), LibC.O_DIRECTORY | LibC.O_CLOEXEC | flags));
        } catch (LastErrorException e) {
            Kind kind = e.getErrorCode() == LibC.EACCES ? Kind.NO_PERMISSION : Kind.ABSENT;
            throw new SharedMemoryException(kind, "cannot open the directory " + shown + ": " + e.getMessage(), e);
        }
    }

    /** Where everything in it begins. */
    public SafePath path() {
        return new SafePath(this, "");
    }

    /** Of the directory itself, wherever it is by now. */
    public FileStatus status() {
        return FileStatus.of(descriptor(), path());
    }

    /** The name under which it was opened. */
    public Path shown() {
        return shown;
    }

    Path access() {
        requireOpen();
        return access;
    }

    /** For calls that take a path from a directory: they take half as long as with {@link #access}. */
    int descriptor() {
        requireOpen();
        return descriptor;
    }

    private void requireOpen() {
        if (closed) {
            throw new SharedMemoryException(Kind.CLOSED, "the directory " + shown + " is closed");
        }
    }

    /** Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LibC.close(descriptor);
        }
    }

    @Override
    public String toString() {
        return shown.toString();
    }
}
