package io.arrowshm.shm.names;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.layout.NamesRecord;
import io.arrowshm.shm.memory.ByteLocks;
import io.arrowshm.shm.memory.MappedFile;
import io.arrowshm.shm.memory.Memory;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Whoever has it may change names. Falls when its holder dies; is never waited for without a deadline, since its holder
 * may be stopped. Any thread.
 */
final class NamesLock {
    private static final int INDEX = 0;
    private static final long POLL_NANOS = 200_000;

    private final ByteLocks locks;
    private final MappedFile record;
    // One object of locks does not exclude itself: first among the threads of this JVM.
    private final Semaphore here = new Semaphore(1);

    NamesLock(ByteLocks locks, MappedFile record) {
        this.locks = locks;
        this.record = record;
    }

    /** @throws SharedMemoryException IN_USE, with who has it, if it cannot be had within the time */
    Held take(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        Held held = tryTake();
        while (held == null) {
            if (System.nanoTime() - deadline > 0) {
                throw new SharedMemoryException(
                        Kind.IN_USE,
                        "process " + Memory.getLongVolatile(record.address() + NamesRecord.PROCESS_ID)
                                + " has been changing names of " + record + " for more than " + timeout.toMillis()
                                + " ms; is it stopped?");
            }
            LockSupport.parkNanos(POLL_NANOS);
            held = tryTake();
        }
        return held;
    }

    /** Null if somebody else has it. */
    @Nullable
    Held tryTake() {
        if (!here.tryAcquire()) {
            return null;
        }
        boolean locked = false;
        try {
            locked = locks.tryLock(INDEX);
        } finally {
            if (!locked) {
                here.release();
            }
        }
        if (!locked) {
            return null;
        }
        Memory.putLongVolatile(
                record.address() + NamesRecord.PROCESS_ID,
                ProcessHandle.current().pid());
        return new Held();
    }

    /** The lock, until it is closed. One thread. */
    final class Held implements AutoCloseable {
        private Held() {}

        @Override
        public void close() {
            Memory.putLongVolatile(record.address() + NamesRecord.PROCESS_ID, 0);
            locks.unlock(INDEX);
            here.release();
        }
    }
}
