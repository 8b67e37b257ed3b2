package io.arrowshm;

import io.arrowshm.internal.core.OpenEpoch;

/**
 * One execution attempt that sends or receives references. What it has in flight when it is closed stays good until
 * the epochs that receive from it are closed too, and is taken back then. Any thread.
 */
public final class Epoch implements AutoCloseable {
    private final OpenEpoch epoch;

    Epoch(OpenEpoch epoch) {
        this.epoch = epoch;
    }

    OpenEpoch epoch() {
        return epoch;
    }

    /** Idempotent. */
    @Override
    public void close() {
        epoch.close();
    }
}
