package io.arrowshm.flink.source.split;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.SegmentIdentity;
import org.apache.flink.annotation.Internal;
import org.jspecify.annotations.Nullable;

/**
 * A segment that a name holds. The name says it to people; pool, slot and generation say which bytes are meant, so that
 * what was put under the name since is never taken for it.
 *
 * @param dataset name, when it was found
 * @param path in the dataset
 * @param poolId that differs between any two pools
 * @param slot of the registry
 * @param generation of the slot
 */
@Internal
public record NamedSegment(String dataset, String path, long poolId, int slot, long generation) {

    /** @param segment of that pool */
    public static NamedSegment of(SharedMemoryPool pool, String dataset, String path, Segment segment) {
        SegmentIdentity identity = Access.identity(segment, pool);
        return new NamedSegment(dataset, path, pool.id(), identity.slot(), identity.generation());
    }

    /**
     * A handle on it.
     *
     * @throws SharedMemoryException STALE_REFERENCE if the dataset was removed or overwritten, or the pool is another one
     */
    public Segment open(SharedMemoryPool pool) {
        if (pool.id() != poolId) {
            throw gone(
                    "was found in pool " + Long.toHexString(poolId) + ", this is pool " + Long.toHexString(pool.id())
                            + ", made since or on another host",
                    null);
        }
        try {
            return Access.openNamed(pool, slot, generation);
        } catch (SharedMemoryException e) {
            if (e.kind() == Kind.STALE_REFERENCE) {
                throw gone("was removed or overwritten since it was found", e);
            }
            throw e;
        }
    }

    private SharedMemoryException gone(String why, @Nullable Throwable cause) {
        return new SharedMemoryException(
                Kind.STALE_REFERENCE,
                "the segment " + path + " of the dataset " + dataset + " " + why
                        + "; keep datasets until the job has read them, or start the job without its checkpoint",
                cause);
    }
}
