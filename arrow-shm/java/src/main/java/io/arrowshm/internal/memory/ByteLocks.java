package io.arrowshm.internal.memory;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;

/**
 * Locks on single bytes of one file, kept by the kernel for as long as this object is open: they fall when
 * the process dies, however it dies, and only then or by {@link #unlock}. Open-file-description locks (F_OFD_SETLK),
 * because POSIX locks fall when <em>any</em> descriptor of the file is closed.
 *
 * <p>Two objects on one file exclude each other even inside one process; one object does not exclude itself, so a
 * prober needs an object of its own. Any thread.
 */
public final class ByteLocks implements AutoCloseable {
    // struct flock on 64-bit Linux: short l_type, short l_whence, long l_start, long l_len, int l_pid.
    private static final int FLOCK_BYTES = 32;
    private static final int START = 8;
    private static final int LENGTH = 16;

    private final SafePath path;
    private final int descriptor;
    private final Memory flock = new Memory(FLOCK_BYTES);
    private boolean closed;

    public ByteLocks(SafePath path) {
        this.path = path;
        descriptor = LibC.openForWriting(path);
    }

    /** Takes the lock of one byte if nobody else has it; never waits. */
    public synchronized boolean tryLock(long index) {
        return tryLock(LibC.F_WRLCK, index);
    }

    /**
     * Takes a lock that excludes the exclusive one of others and not their shared ones; never waits. An exclusive lock of
     * this object becomes a shared one, and {@link #tryLock} makes a shared one exclusive if it is the only one.
     */
    public synchronized boolean tryLockShared(long index) {
        return tryLock(LibC.F_RDLCK, index);
    }

    private boolean tryLock(short type, long index) {
        try {
            set(type, index);
            return true;
        } catch (LastErrorException e) {
            if (e.getErrorCode() == LibC.EAGAIN || e.getErrorCode() == LibC.EACCES) {
                return false;
            }
            throw new SharedMemoryException(
                    Kind.SYSTEM, "cannot lock byte " + index + " of " + path + ": " + e.getMessage(), e);
        }
    }

    /** Whether another object, of this or any other process, has a lock of one byte, shared or not; takes nothing. */
    public synchronized boolean isLockedElsewhere(long index) {
        return isRefused(LibC.F_WRLCK, index);
    }

    /** Whether another object, of this or any other process, has the exclusive lock of one byte; takes nothing. */
    public synchronized boolean isLockedExclusivelyElsewhere(long index) {
        return isRefused(LibC.F_RDLCK, index);
    }

    public synchronized void unlock(long index) {
        set(LibC.F_UNLCK, index);
    }

    /** Gives every lock back. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LibC.close(descriptor);
        }
    }

    private boolean isRefused(short type, long index) {
        call(LibC.F_OFD_GETLK, type, index);
        return flock.getShort(0) != LibC.F_UNLCK;
    }

    private void set(short type, long index) {
        call(LibC.F_OFD_SETLK, type, index);
    }

    private void call(int command, short type, long index) {
        if (closed) {
            throw new SharedMemoryException(Kind.CLOSED, "the lock file " + path + " is closed");
        }
        flock.clear();
        flock.setShort(0, type);
        flock.setLong(START, index);
        flock.setLong(LENGTH, 1);
        LibC.fcntl(descriptor, command, com.sun.jna.Pointer.nativeValue(flock));
    }
}
