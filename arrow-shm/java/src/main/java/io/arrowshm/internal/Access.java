package io.arrowshm.internal;

import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.core.PooledMemory;
import io.arrowshm.internal.core.SegmentMemory;
import io.arrowshm.internal.names.DatasetPaths;
import io.arrowshm.internal.names.Names;
import io.arrowshm.internal.registry.Channel;
import io.arrowshm.internal.secrets.PoolSecrets;
import io.arrowshm.internal.secrets.Secrets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What packages above the pool may do with its handles, and users may not. Any thread. */
public final class Access {
    private static final PoolSecrets<SharedMemoryPool, Segment, Epoch> SECRETS = Secrets.pools(SharedMemoryPool.class);

    private Access() {}

    /**
     * Turns a reference in flight into a handle, for a caller that closes it before it returns, whatever happens: if it is
     * forgotten, the segment is held until the process ends. Takes half the time of {@link SharedMemoryPool#receive}.
     *
     * @throws SharedMemoryException STALE_REFERENCE if it was received before, is void, or is of another pool
     */
    public static Segment receiveForCall(SharedMemoryPool pool, SegmentRef reference) {
        return SECRETS.unwatchedSegment(SECRETS.whileOpen(
                pool,
                core -> core.receive(reference.poolId(), reference.slot(), reference.generation(), reference.epoch())));
    }

    /**
     * A handle on a segment that a name holds, sealed or shared mutable.
     *
     * @throws SharedMemoryException STALE_REFERENCE if the name does not hold it any more
     */
    public static Segment openNamed(SharedMemoryPool pool, int slot, long generation) {
        return SECRETS.segment(SECRETS.whileOpen(pool, core -> core.openNamed(slot, generation)));
    }

    /**
     * Where a segment lies in a pool.
     *
     * @throws SharedMemoryException ARGUMENT if it does not lie in that pool, CLOSED
     */
    public static SegmentIdentity identity(Segment segment, SharedMemoryPool pool) {
        SegmentMemory memory = SECRETS.handle(segment).memory();
        PooledMemory pooled = memory.pooled();
        if (pooled == null || pooled.poolId() != pool.id()) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    memory.describe() + " does not lie in the pool " + pool.directory()
                            + "; write it with newSegment of that pool");
        }
        return new SegmentIdentity(pooled.slot(), pooled.generation(), pooled.length());
    }

    /** Runs an action on the names of a pool. It is to be short, since closing the pool waits for it. */
    public static <T> T withNames(SharedMemoryPool pool, Function<Names, T> action) {
        return SECRETS.whileOpen(pool, core -> action.apply(core.names()));
    }

    /**
     * Refuses what names of datasets cannot begin with.
     *
     * @param moreParts that the names have besides
     * @param moreBytes that these take; they are ASCII
     * @throws SharedMemoryException ARGUMENT
     */
    public static void checkDatasetName(String name, int moreParts, int moreBytes) {
        DatasetPaths.checkName(name, moreParts, moreBytes);
    }

    /** A channel to one receiver, or null if the pool has none left or the epoch is closed. */
    public static @Nullable OutgoingChannel openChannel(Epoch epoch) {
        Channel channel = SECRETS.epoch(epoch).openChannel();
        return channel == null ? null : new OutgoingChannel(channel);
    }

    /** Answers the invitation to a channel, or returns null if the invitation is not valid any more. */
    public static @Nullable IncomingChannel join(Epoch epoch, int channel, long nonce) {
        Channel joined = SECRETS.epoch(epoch).join(channel, nonce);
        return joined == null ? null : new IncomingChannel(joined);
    }
}
