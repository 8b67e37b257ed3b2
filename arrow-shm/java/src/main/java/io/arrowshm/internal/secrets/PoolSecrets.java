package io.arrowshm.internal.secrets;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.core.OpenEpoch;
import io.arrowshm.internal.core.PoolCore;
import io.arrowshm.internal.core.SegmentHandle;
import io.arrowshm.internal.core.SegmentMemory;
import io.arrowshm.internal.memory.ArrayMemory;
import java.util.function.Function;

/**
 * What lies behind the handles on pools.
 *
 * @param <P> a handle on a pool
 * @param <S> a handle on a segment
 * @param <E> an epoch
 */
public interface PoolSecrets<P, S, E> {
    /**
     * Does something with a pool, which stays mapped until it is done.
     *
     * @throws SharedMemoryException CLOSED
     */
    <T> T whileOpen(P pool, Function<PoolCore, T> action);

    SegmentHandle handle(S segment);

    /** A new handle, which takes over one count of the memory. */
    S segment(SegmentMemory memory);

    /** A new handle of somebody who is sure to close it: forgotten, it would hold the memory until the process ends. */
    S unwatchedSegment(SegmentMemory memory);

    OpenEpoch epoch(E epoch);

    /**
     * The memory that arrays of a segment are opened in; closed with the handle.
     *
     * @throws SharedMemoryException CLOSED
     */
    ArrayMemory arrayMemory(S segment);
}
