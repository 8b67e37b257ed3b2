package io.arrowshm.map.internal.run;

import java.util.concurrent.CompletableFuture;

/** A call that workers are at, or that has ended. Any thread. */
public interface RunningCall {
    /** How it ends; never exceptionally. */
    CompletableFuture<Ending> ending();

    /** Indices that are done. */
    long doneIndices();

    /** Ends it within a second, whatever its kernels do. Nothing happens if it has ended. */
    void cancel();
}
