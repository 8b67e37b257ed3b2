package io.arrowshm.shm;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import java.lang.ref.Cleaner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a writer has to give back if it does not seal, apart from it so that the Cleaner can do it for a writer that was
 * forgotten. One thread, and the Cleaner's.
 */
final class UnsealedSegment implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(UnsealedSegment.class);

    private final Runnable abandon;
    private final @Nullable Throwable openedAt = SegmentHandle.openedHere();
    private boolean done;
    private boolean forgotten = true;

    UnsealedSegment(Runnable abandon) {
        this.abandon = abandon;
    }

    /** Gives back by itself once the writer is unreachable. */
    Cleaner.Cleanable watch(Object writer) {
        return SegmentHandle.CLEANER.register(writer, this);
    }

    /** @throws SharedMemoryException CLOSED */
    synchronized void check() {
        if (done) {
            throw new SharedMemoryException(Kind.CLOSED, "the writer was sealed or closed before");
        }
    }

    /** Nothing is to be given back any more. */
    synchronized void sealed() {
        done = true;
    }

    /** Called by the writer when it closes, before the clean-up: then nothing was forgotten. */
    synchronized void closing() {
        forgotten = false;
    }

    @Override
    public synchronized void run() {
        if (done) {
            return;
        }
        done = true;
        if (forgotten) {
            LOG.warn(
                    "a writer was neither sealed nor closed; -Darrow-shm.leak-stacks=true shows where it was opened",
                    openedAt);
        }
        abandon.run();
    }
}
