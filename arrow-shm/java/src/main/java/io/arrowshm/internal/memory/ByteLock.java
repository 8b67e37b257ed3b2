package io.arrowshm.internal.memory;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * The exclusive lock of one byte of a file, between processes and between the threads of this one. Falls when the process
 * dies; never waited for without a deadline, since its holder may be stopped. Any thread may take it; the same one need
 * not release it.
 */
public final class ByteLock {
    private static final long POLL_NANOS = 100_000;

    private final ByteLocks locks;
    private final long index;
    // One object of locks does not exclude itself: first among the threads of this JVM.
    private final Semaphore here = new Semaphore(1);

    /** @param locks of the file; this is the only one that takes the byte's lock through them */
    public ByteLock(ByteLocks locks, long index) {
        this.locks = locks;
        this.index = index;
    }

    /** Takes it if nobody has it; never waits. */
    public boolean tryTake() {
        if (!here.tryAcquire()) {
            return false;
        }
        boolean taken = false;
        try {
            taken = locks.tryLock(index);
        } finally {
            if (!taken) {
                here.release();
            }
        }
        return taken;
    }

    /** Takes it, waiting for it if need be; false if it cannot be had within the time. */
    public boolean take(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!tryTake()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    public void release() {
        locks.unlock(index);
        here.release();
    }
}
