package io.arrowshm.map;

import io.arrowshm.PoolOptions;
import io.arrowshm.map.internal.wire.ContextDirectory;
import java.time.Duration;

/**
 * Which worker processes a context has. Immutable.
 *
 * @param pool where arrays lie; made if it is not there
 * @param workers how many processes there are, at least 1
 * @param name of the context, by which others attach to it; only one context of a name runs at a time
 * @param heapMb heap of each worker's process, MiB
 * @param startTimeout how long they may take to come
 * @param idle how long workers on a cluster stay without any client; others end with the process that has started them
 */
public record ProcessOptions(
        PoolOptions pool, int workers, String name, int heapMb, Duration startTimeout, Duration idle) {
    private static final int DEFAULT_HEAP_MB = 896;
    private static final Duration DEFAULT_START_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration DEFAULT_IDLE = Duration.ofMinutes(5);

    public ProcessOptions {
        if (workers < 1) {
            throw new IllegalArgumentException("workers=" + workers + ", allowed 1 and more");
        }
        if (heapMb < 1) {
            throw new IllegalArgumentException("heapMb=" + heapMb + ", allowed 1 and more");
        }
        if (idle.isNegative() || idle.isZero()) {
            throw new IllegalArgumentException("idle=" + idle + ", allowed more than 0");
        }
        ContextDirectory.named(name);
    }

    /** A context that is called as its pool, with 896 MiB of heap for kernels in each worker. */
    public static ProcessOptions of(PoolOptions pool, int workers) {
        return new ProcessOptions(pool, workers, pool.name(), DEFAULT_HEAP_MB, DEFAULT_START_TIMEOUT, DEFAULT_IDLE);
    }

    public ProcessOptions withName(String newName) {
        return new ProcessOptions(pool, workers, newName, heapMb, startTimeout, idle);
    }

    public ProcessOptions withHeapMb(int newHeapMb) {
        return new ProcessOptions(pool, workers, name, newHeapMb, startTimeout, idle);
    }

    public ProcessOptions withStartTimeout(Duration newStartTimeout) {
        return new ProcessOptions(pool, workers, name, heapMb, newStartTimeout, idle);
    }

    public ProcessOptions withIdle(Duration newIdle) {
        return new ProcessOptions(pool, workers, name, heapMb, startTimeout, newIdle);
    }
}
