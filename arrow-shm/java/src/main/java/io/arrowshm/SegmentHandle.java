package io.arrowshm;

import static java.util.Objects.requireNonNull;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.arrow.ArrowFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a {@link Segment} has to give back, apart from it so that it can be done for a segment that was forgotten. Any thread. */
final class SegmentHandle implements Watch.Held {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentHandle.class);
    private static final boolean RECORD_STACKS = Boolean.getBoolean("arrow-shm.leak-stacks");

    private final @Nullable Throwable openedAt = openedHere();
    /**
     * Changed under the lock only, as everything here. Read without it: whoever finds null also sees who released it, which is
     * written first.
     */
    private volatile @Nullable SegmentMemory memory;

    private @Nullable ArrowFile file;
    private @Nullable PooledMemory released;
    private @Nullable String releasedBy;
    private @Nullable Throwable releasedAt;

    SegmentHandle(SegmentMemory memory) {
        this.memory = memory;
    }

    /** Null unless stacks are recorded. */
    static @Nullable Throwable openedHere() {
        return RECORD_STACKS ? new Throwable("what was not closed was opened here") : null;
    }

    SegmentMemory memory() {
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
    synchronized SegmentMemory retained() {
        SegmentMemory open = memory();
        open.retain();
        return open;
    }

    synchronized @Nullable SegmentRef trySend(Epoch epoch) {
        PooledMemory pooled = memory().pooled();
        return pooled == null ? null : epoch.trySend(pooled);
    }

    /** The memory is mutable, so in a pool. */
    synchronized void seal() {
        requireNonNull(memory().pooled()).seal();
    }

    synchronized LentSegment lend() {
        PooledMemory pooled = memory().pooled();
        if (pooled == null) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    memory().describe() + " is in no pool, where others could read it; copy it into one");
        }
        return pooled.lend();
    }

    synchronized ArrowFile file(Opener opener) {
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
        if (forgotten && open.pooled() != null) {
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

    interface Opener {
        /** Takes over one count of the memory, also if it throws. */
        ArrowFile open(SegmentMemory memory);
    }
}
