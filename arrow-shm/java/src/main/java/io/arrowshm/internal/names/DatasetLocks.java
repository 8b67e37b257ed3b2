package io.arrowshm.internal.names;

import io.arrowshm.internal.memory.ByteLocks;
import java.util.HashSet;
import java.util.Set;

/**
 * One exclusive lock a dataset, for those who update it in place: between processes and between the threads of this one.
 * Falls when its holder dies. Any thread.
 */
final class DatasetLocks {
    private final ByteLocks locks;
    // One object of locks does not exclude itself.
    private final Set<Long> here = new HashSet<>();
    private boolean closed;

    DatasetLocks(ByteLocks locks) {
        this.locks = locks;
    }

    /** Takes the lock if nobody has it; never waits. */
    synchronized boolean tryLock(long id) {
        if (closed || !here.add(id)) {
            return false;
        }
        boolean locked = false;
        try {
            locked = locks.tryLock(id);
        } finally {
            if (!locked) {
                here.remove(id);
            }
        }
        return locked;
    }

    synchronized void unlock(long id) {
        if (here.remove(id) && !closed) {
            locks.unlock(id);
        }
    }

    /** The locks themselves fall when their file is closed. */
    synchronized void close() {
        closed = true;
    }
}
