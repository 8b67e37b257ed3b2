package io.arrowshm.map.internal.worker;

import io.arrowshm.PoolOptions;
import java.io.Serializable;
import java.time.Duration;

/**
 * What all workers of a context have in common.
 *
 * @param context its name
 * @param directory where their sockets are
 * @param pool where arrays lie
 * @param workers how many there are
 * @param idle how long a worker stays without any client
 * @param ownsProcess whether its process is the worker's alone, so that it may end it with a kernel that does not end
 */
public record WorkerOptions(
        String context, String directory, PoolOptions pool, int workers, Duration idle, boolean ownsProcess)
        implements Serializable {
    /** How long kernels that were interrupted may take to end. */
    static final Duration PATIENCE = Duration.ofMillis(400);

    /** How long a worker that is to end waits for clients that are just coming. */
    static final Duration LAST_WAIT = Duration.ofSeconds(2);

    /** The exit status of a process whose kernel did not end. */
    static final int KERNEL_DOES_NOT_END = 87;
}
