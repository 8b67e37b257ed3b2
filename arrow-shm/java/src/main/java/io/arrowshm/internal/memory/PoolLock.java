package io.arrowshm.internal.memory;

import com.sun.jna.LastErrorException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The lock under which pools of one name are made and removed, one at a time: flock of a file that only the user can open,
 * so that nobody else can keep it. The file is deleted with the lock; a killed holder's lock falls, and the next one finds
 * the file and deletes it.
 */
public final class PoolLock implements AutoCloseable {
    private static final long POLL_NANOS = 5_000_000;

    private final SafePath file;
    private final int descriptor;

    private PoolLock(SafePath file, int descriptor) {
        this.file = file;
        this.descriptor = descriptor;
    }

    /**
     * Takes the lock, waiting for it if need be.
     *
     * @throws SharedMemoryException IN_USE if it cannot be had within the time; NO_PERMISSION if another user has put
     *     something under its name, or the directory does not let this one
     */
    public static PoolLock take(SafePath file, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        PoolLock lock = tryTake(file);
        while (lock == null) {
            if (System.nanoTime() - deadline > 0) {
                throw new SharedMemoryException(
                        Kind.IN_USE,
                        "another process has been making or removing the pool of " + file + " for more than "
                                + timeout.toSeconds() + " s; find it with: fuser -v " + file);
            }
            LockSupport.parkNanos(POLL_NANOS);
            lock = tryTake(file);
        }
        return lock;
    }

    private static @Nullable PoolLock tryTake(SafePath file) {
        int descriptor;
        try {
            create(file);
            descriptor = LibC.openForWriting(file);
        } catch (SharedMemoryException e) {
            if (e.kind() == Kind.ABSENT) {
                // Its holder has just deleted it.
                return null;
            }
            throw e;
        }
        PoolLock lock = new PoolLock(file, descriptor);
        // Whoever had it before may have deleted the file between opening and locking: then others lock a new one.
        if (isLocked(descriptor) && lock.isCurrent()) {
            return lock;
        }
        LibC.close(descriptor);
        return null;
    }

    private static void create(SafePath file) {
        try {
            PrivateFiles.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // Somebody has the lock, or was killed while it had.
        } catch (AccessDeniedException e) {
            throw new SharedMemoryException(
                    Kind.NO_PERMISSION, "this user may not create " + file + " to make or remove a pool", e);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot create " + file + ": " + e, e);
        }
    }

    @Override
    public void close() {
        if (isCurrent()) {
            PrivateFiles.delete(file);
        }
        LibC.close(descriptor);
    }

    private boolean isCurrent() {
        FileStatus named = FileStatus.ifThere(file);
        return named != null
                && named.identity().equals(FileStatus.of(descriptor, file).identity());
    }

    private static boolean isLocked(int descriptor) {
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
