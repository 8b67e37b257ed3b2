package io.arrowshm.internal.memory;

import com.sun.jna.LastErrorException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * An exclusive lock on a directory itself (flock), so that pools can be made and removed one at a time without leaving
 * a lock file behind. Falls when its holder dies.
 */
public final class DirectoryLock implements AutoCloseable {
    private static final long POLL_NANOS = 5_000_000;

    private final int descriptor;

    private DirectoryLock(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Takes the lock, waiting for it if need be.
     *
     * @throws SharedMemoryException IN_USE if it cannot be had within the time, ABSENT if there is no such directory
     */
    public static DirectoryLock take(Path directory, Duration timeout) {
        int descriptor;
        try {
            descriptor = LibC.open(directory.toString(), LibC.O_DIRECTORY | LibC.O_CLOEXEC);
        } catch (LastErrorException e) {
            throw new SharedMemoryException(
                    Kind.ABSENT, "cannot open the directory " + directory + ": " + e.getMessage(), e);
        }
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!tryLock(descriptor)) {
            if (System.nanoTime() - deadline > 0) {
                LibC.close(descriptor);
                throw new SharedMemoryException(
                        Kind.IN_USE,
                        "another process has been making or removing a pool in " + directory + " for more than "
                                + timeout.toSeconds() + " s; find it with: fuser -v " + directory);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return new DirectoryLock(descriptor);
    }

    @Override
    public void close() {
        LibC.close(descriptor);
    }

    private static boolean tryLock(int descriptor) {
        try {
            LibC.flock(descriptor, LibC.LOCK_EX | LibC.LOCK_NB);
            return true;
        } catch (LastErrorException e) {
            if (e.getErrorCode() == LibC.EAGAIN || e.getErrorCode() == LibC.EINTR) {
                return false;
            }
            throw e;
        }
    }
}
