package io.arrowshm.testing;

import io.arrowshm.SharedMemoryPool;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.DirectoryHandle;

/**
 * The places of a pool with a bit in the ownership words, as far as they were free: whoever joins then has its bit among
 * the further holders.
 */
public final class TakenPlaces implements AutoCloseable {
    private final DirectoryHandle directory;
    private final ByteLocks locks;

    public TakenPlaces(SharedMemoryPool pool) {
        this(pool, 0);
    }

    /** @param free how many of them, the last ones, are not taken */
    public TakenPlaces(SharedMemoryPool pool, int free) {
        directory = DirectoryHandle.open(pool.directory());
        locks = new ByteLocks(directory.path().resolve(PoolFiles.PARTICIPANTS));
        for (int place = 0; place < OwnershipWord.IN_WORD - free; place++) {
            locks.tryLock(place);
        }
    }

    @Override
    public void close() {
        locks.close();
        directory.close();
    }
}
