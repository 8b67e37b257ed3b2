package io.arrowshm.internal.core;

import static java.util.Objects.requireNonNull;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.arrow.ArrowFile;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a handle on a segment has to give back, apart from it so that it can be done for a segment that was forgotten. Any thread. */
public final class SegmentHandle implements Watch.Held {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentHandle.class);
    private static final boolean RECORD_STACKS = Boolean.getBoolean("arrow-shm.leak-stacks");

    private final @Nullable Throwable openedAt = openedHere();
    /**
     * Changed under the lock only, as everything here. Read without it: whoever finds null also sees who released it, which is
     * written first.
     */
    private volatile @Nullable SegmentMemory memory;

    private @Nullable ArrowFile file;
    private volatile boolean leftToTheCollector;
    private @Nullable PooledMemory released;
    private @Nullable String releasedBy;
    private @Nullable Throwable releasedAt;

    public SegmentHandle(SegmentMemory memory) {
        this.memory = memory;
    }

    /** Null unless stacks are recorded. */
    static @Nullable Throwable openedHere() {
        return RECORD_STACKS ? new Throwable("what was not closed was opened here") : null;
    }

    public SegmentMemory memory() {
        SegmentMemory open = memory;
        if (open == null) {
            throw new SharedMemoryException(
                    Kind.CLOSED,
                    (released == null ? "the segment" : released.describe()) + " was released by the thread '"
                            + releasedBy + "'; retain() it to keep it beyond the call that got it"
                            + (RECORD_STACKS ? "" : " (-Darrow-shm.leak-stacks=true shows where)"),
                    releasedAt);
        }
        return open;
    }

    /** The memory with one more count, which the caller is to release: another thread may close the handle meanwhile. */
    public synchronized SegmentMemory retained() {
        SegmentMemory open = memory();
        open.retain();
        return open;
    }

    /**
     * Puts a reference in flight. The memory that it is of, or null if that lies in no pool, or has no place for one more
     * reference of this epoch.
     */
    public synchronized @Nullable PooledMemory trySend(OpenEpoch epoch) {
        PooledMemory pooled = memory().pooled();
        return pooled != null && epoch.trySend(pooled) ? pooled : null;
    }

    /** The memory is mutable, so in a pool. */
    public synchronized void seal() {
        requireNonNull(memory().pooled()).seal();
    }

    /**
     * Does something with the memory in its pool, which stays open meanwhile.
     *
     * @throws SharedMemoryException ARGUMENT if it lies in no pool, CLOSED
     */
    public synchronized <T> T inPool(Function<PooledMemory, T> action) {
        PooledMemory pooled = memory().pooled();
        if (pooled == null) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    memory().describe() + " is in no pool, where others could read it; copy it into one");
        }
        return action.apply(pooled);
    }

    /** From now on it is no mistake to forget it: its owner gives memory back by becoming garbage, too. */
    public void leaveToTheCollector() {
        leftToTheCollector = true;
    }

    public synchronized ArrowFile file(Opener opener) {
        SegmentMemory open = memory();
        if (file == null) {
            open.retain();
            file = opener.open(open);
        }
        return file;
    }

    /** Idempotent. */
    @Override
    public synchronized void giveBack(boolean forgotten) {
        SegmentMemory open = memory;
        if (open == null) {
            return;
        }
        // Private memory is left to the collector by design: stock operators do not close.
        if (forgotten && !leftToTheCollector && open.pooled() != null) {
            LOG.warn(
                    "{} was not closed; -Darrow-shm.leak-stacks=true shows where it was opened",
                    open.describe(),
                    openedAt);
        }
        // Nothing large is kept, and no text made: this is done for every segment.
        released = open.pooled();
        releasedBy = Thread.currentThread().getName();
        releasedAt = RECORD_STACKS ? new Throwable("released here") : null;
        memory = null;
        try {
            if (file != null) {
                file.close();
            }
        } finally {
            file = null;
            open.release();
        }
    }

    /** How an Arrow file is opened. */
    public interface Opener {
        /** Takes over one count of the memory, also if it throws. */
        ArrowFile open(SegmentMemory memory);
    }
}
