package io.arrowshm.internal;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.core.PooledMemory;
import io.arrowshm.internal.core.SegmentMemory;
import io.arrowshm.internal.memory.ArrayMemory;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.names.DatasetPaths;
import io.arrowshm.internal.names.Names;
import io.arrowshm.internal.registry.Channel;
import io.arrowshm.internal.secrets.ArraySecrets;
import io.arrowshm.internal.secrets.PoolSecrets;
import io.arrowshm.internal.secrets.Secrets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What packages above the pool may do with its handles, and users may not. Any thread. */
public final class Access {
    private static final PoolSecrets<SharedMemoryPool, Segment, Epoch> SECRETS = Secrets.pools(SharedMemoryPool.class);
    private static final ArraySecrets<ArraySpec, NdArray, MutableNdArray> ARRAYS = Secrets.arrays(NdArray.class);

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
     * A handle on what a reference is of, which stays in flight: for any number of processes, until its sender receives it
     * again. Is to be closed: if it is forgotten, the segment is held until the process ends.
     *
     * @throws SharedMemoryException STALE_REFERENCE if it is not in flight, or is of another pool
     */
    public static Segment claim(SharedMemoryPool pool, SegmentRef reference) {
        return SECRETS.unwatchedSegment(SECRETS.whileOpen(
                pool,
                core -> core.claim(reference.poolId(), reference.slot(), reference.generation(), reference.epoch())));
    }

    /** A new shared array of zeros, for an owner who gives its memory back by forgetting it as well as by closing the handle. */
    public static Segment newForgettableArray(SharedMemoryPool pool, ArraySpec spec) {
        try (ArrayWriter writer = pool.newArray(spec)) {
            MutableNdArray array = writer.array();
            long bytes = array.size() * array.itemSize();
            Memory.fill(ARRAYS.memory(array).address(ARRAYS.offset(array)), bytes, (byte) 0);
            Segment segment = writer.share();
            leaveToTheCollector(segment);
            return segment;
        }
    }

    /** From now on it is no mistake to forget the handle, which gives the memory back all the same. */
    public static void leaveToTheCollector(Segment segment) {
        SECRETS.handle(segment).leaveToTheCollector();
    }

    /**
     * The segment that an array or a view lies in, by the handle that it was opened with.
     *
     * @throws SharedMemoryException CLOSED; ARGUMENT if it is still being written
     */
    public static Segment segmentOf(NdArray array) {
        ArrayMemory memory = ARRAYS.memory(array);
        memory.address(0);
        if (memory.owner() instanceof Segment segment) {
            return segment;
        }
        throw new SharedMemoryException(
                Kind.ARGUMENT, array + " is still being written: seal or share it, and take the segment's array");
    }

    /** Which elements of its segment an array or a view has, as bytes that mean the same in any process. */
    public static byte[] viewOf(NdArray array) {
        return ARRAYS.encodeView(array);
    }

    /**
     * An array or a view as {@link #viewOf} has described it, of a handle on the same segment, which it is closed with.
     *
     * @throws SharedMemoryException CORRUPT if there is no such view of the segment, CLOSED
     */
    public static NdArray openView(Segment segment, byte[] view) {
        return ARRAYS.openView(SECRETS.arrayMemory(segment), view, false);
    }

    /**
     * An array or a view to be written, as {@link #viewOf} has described it, of a handle on the same segment, which it is
     * closed with.
     *
     * @throws SharedMemoryException ARGUMENT if the segment is immutable; CORRUPT if there is no such view of it; CLOSED
     */
    public static MutableNdArray openMutableView(Segment segment, byte[] view) {
        segment.mutableArray();
        return (MutableNdArray) ARRAYS.openView(SECRETS.arrayMemory(segment), view, true);
    }

    /**
     * The numbers of a shared array, to be changed by atomic steps.
     *
     * @throws SharedMemoryException ARGUMENT if it is not one of int64, of one dimension and in one piece; CLOSED
     */
    public static SharedLongs longsOf(Segment segment) {
        NdArray array = segment.mutableArray();
        return new SharedLongs(array, ARRAYS.memory(array), ARRAYS.offset(array));
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
