package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a writer has to give back if it does not seal, apart from it so that it can be done for a writer that was forgotten.
 * One thread, and the Cleaner's.
 */
public final class UnsealedSegment implements Watch.Held {
    private static final Logger LOG = LoggerFactory.getLogger(UnsealedSegment.class);

    private final Runnable abandon;
    private final @Nullable Throwable openedAt = SegmentHandle.openedHere();
    private boolean done;

    public UnsealedSegment(Runnable abandon) {
        this.abandon = abandon;
    }

    /** Whether the writer was sealed or closed. */
    public boolean isDone() {
        return done;
    }

    /** @throws SharedMemoryException CLOSED */
    public void check() {
        if (done) {
            throw new SharedMemoryException(Kind.CLOSED, "the writer was sealed or closed before");
        }
    }

    /** The segment is about to take over what is to be given back. */
    public void sealed() {
        done = true;
    }

    @Override
    public void giveBack(boolean forgotten) {
        done = true;
        if (forgotten) {
            LOG.warn(
                    "a writer was neither sealed nor closed; -Darrow-shm.leak-stacks=true shows where it was opened",
                    openedAt);
        }
        abandon.run();
    }
}
