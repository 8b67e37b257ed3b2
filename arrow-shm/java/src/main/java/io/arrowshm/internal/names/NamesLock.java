package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.NamesRecord;
import io.arrowshm.internal.memory.ByteLock;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whoever has it may change names. Falls when its holder dies; is never waited for without a deadline, since its holder
 * may be stopped. Any thread.
 */
final class NamesLock {
    private static final int INDEX = 0;

    private final ByteLock lock;
    private final MappedFile record;

    NamesLock(ByteLocks locks, MappedFile record) {
        lock = new ByteLock(locks, INDEX);
        this.record = record;
    }

    /** @throws SharedMemoryException IN_USE, with who has it, if it cannot be had within the time */
    Held take(Duration timeout) {
        if (!lock.take(timeout)) {
            throw new SharedMemoryException(
                    Kind.IN_USE,
                    "process " + Memory.getLongVolatile(record.address() + NamesRecord.PROCESS_ID)
                            + " has been changing names of " + record + " for more than " + timeout.toMillis()
                            + " ms; is it stopped?");
        }
        return new Held();
    }

    /** Null if somebody else has it. */
    @Nullable
    Held tryTake() {
        return lock.tryTake() ? new Held() : null;
    }

    /** The lock, until it is closed. One thread. */
    final class Held implements AutoCloseable {
        private Held() {
            Memory.putLongVolatile(
                    record.address() + NamesRecord.PROCESS_ID,
                    ProcessHandle.current().pid());
        }

        @Override
        public void close() {
            Memory.putLongVolatile(record.address() + NamesRecord.PROCESS_ID, 0);
            lock.release();
        }
    }
}
