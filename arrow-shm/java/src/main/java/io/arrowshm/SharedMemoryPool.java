package io.arrowshm;

import io.arrowshm.array.ArrayFormat;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.allocator.Block;
import io.arrowshm.internal.arrow.BatchWriter;
import io.arrowshm.internal.names.Names;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A pool of shared memory that this process has open. The process is one of its participants for as long as any of its
 * handles on the pool is open, and takes part in reclaiming what dead participants have left. Any thread.
 */
public final class SharedMemoryPool implements AutoCloseable {
    private static final Map<Path, Shared> OPEN = new HashMap<>();
    private static final int ATTEMPTS = 10;

    private final Shared shared;
    private final PoolCore core;
    private volatile boolean closed;

    private SharedMemoryPool(Shared shared) {
        this.shared = shared;
        this.core = shared.core;
    }

    /**
     * Opens a pool, which is made first if it is not there. All handles of a JVM share one participant.
     *
     * @throws SharedMemoryException FULL, NO_PERMISSION, WRONG_VERSION, EXHAUSTED (no place for a participant), IN_USE
     *     (another class loader of this JVM has it open), MISSING_JVM_FLAG
     */
    public static SharedMemoryPool open(PoolOptions options) {
        PoolDirectory directory = poolDirectory(options);
        for (int attempt = 1; ; attempt++) {
            Path found = directory.findOrCreate(options);
            try {
                return open(found);
            } catch (SharedMemoryException e) {
                // Removed in between: its files are missing, or nobody can join any more.
                if (attempt == ATTEMPTS || found.equals(directory.find())) {
                    throw e;
                }
            }
        }
    }

    private static SharedMemoryPool open(Path directory) {
        synchronized (OPEN) {
            Shared shared = OPEN.get(directory);
            if (shared == null) {
                shared = new Shared(new PoolCore(directory));
                OPEN.put(directory, shared);
            } else if (shared.handles == 0) {
                // It was closed with segments still open, which kept it mapped.
                shared.core.reopen();
            }
            shared.handles++;
            return new SharedMemoryPool(shared);
        }
    }

    /**
     * Removes a pool and everything in it; false if there is none.
     *
     * @throws SharedMemoryException IN_USE while a process has it open
     */
    public static boolean remove(PoolOptions options) {
        return poolDirectory(options).remove();
    }

    /** Differs between any two pools, also of one name. */
    public long id() {
        return core.id();
    }

    /** The pool's files. */
    public Path directory() {
        return core.directory();
    }

    /** Bytes that all segments together may take. */
    public long sizeBytes() {
        return core.description().sizeBytes();
    }

    /**
     * Allocates a segment to be written.
     *
     * @param bodyBytes that all buffers of the batch take together, each rounded up to 64
     * @throws SharedMemoryException FULL if there is no room now; ARGUMENT if the schema cannot be held
     */
    public SegmentWriter newSegment(Schema schema, long bodyBytes) {
        return build(BatchWriter.segmentBytes(schema, bodyBytes), block -> SegmentWriter.pooled(schema, block, core));
    }

    /**
     * Allocates a segment to be written, whose vectors allocate just what the size has room for.
     *
     * @throws SharedMemoryException FULL if there is no room now; ARGUMENT if the schema cannot be held
     */
    public SegmentWriter newSegment(Schema schema, SegmentSize size) {
        return newSegment(schema, size.bodyBytes()).prepared(size);
    }

    /**
     * Allocates an array to be written.
     *
     * @throws SharedMemoryException FULL if there is no room now; ARGUMENT if the array is too large for any memory
     */
    public ArrayWriter newArray(ArraySpec spec) {
        return build(ArrayFormat.bytes(spec), block -> ArrayWriter.pooled(spec, block, core));
    }

    /**
     * A copy in this pool, byte for byte, of a segment that lies elsewhere, or that others have in flight or under a name;
     * immutable.
     *
     * @throws SharedMemoryException FULL if there is no room now; CLOSED
     */
    public Segment copy(Segment segment) {
        return build(segment.length(), block -> segment.copyTo(block, core));
    }

    private <T> T build(long bytes, Function<Block, T> builder) {
        return whileOpen(() -> {
            Block block = core.allocate(bytes);
            boolean made = false;
            try {
                T writer = builder.apply(block);
                made = true;
                return writer;
            } finally {
                if (!made) {
                    core.ownership().release(block.slot());
                }
            }
        });
    }

    /**
     * Makes a file that another runtime wrote a segment of this pool, in place or, below 1 MiB, by copying it. The file was
     * written under another name in the folder {@code incoming} of {@link #directory()} and renamed when it was complete;
     * it is gone from there afterwards, and nobody may write it any more.
     *
     * @param name of the file in that folder
     * @throws SharedMemoryException ABSENT, ARGUMENT (no such name, not a file, empty), CORRUPT (it does not begin as a
     *     segment), NO_PERMISSION, FULL: then the file stays where it is
     */
    public Segment adopt(String name) {
        return whileOpen(() -> core.adopt(name));
    }

    /**
     * Turns a reference in flight into a handle on the segment.
     *
     * @throws SharedMemoryException STALE_REFERENCE if it was received before, is void, or is of another pool
     */
    public Segment receive(SegmentRef reference) {
        return new Segment(receiveMemory(reference));
    }

    /**
     * The same for a caller who closes the handle before he returns, whatever happens: if he forgot it, the segment would be
     * held until the process ends. Takes half the time. For packages above this one that lend segments to functions.
     *
     * @throws SharedMemoryException STALE_REFERENCE
     */
    public Segment receiveForCall(SegmentRef reference) {
        return Segment.unwatched(receiveMemory(reference));
    }

    /**
     * Opens an epoch.
     *
     * @param name of the execution attempt, for people
     * @throws SharedMemoryException EXHAUSTED if the pool has no index left
     */
    public Epoch openEpoch(String name) {
        return whileOpen(() -> new Epoch(core.epochs(), core.channels(), name));
    }

    /** Takes back now what the dead have left, as the reaper of every participant does ten times a second. */
    public void sweep() {
        whileOpen(() -> {
            core.sweeper().sweep();
            return this;
        });
    }

    public PoolStatistics statistics() {
        return whileOpen(core::statistics);
    }

    /** The process leaves the pool with its last handle; the pool stays. Idempotent. */
    @Override
    public void close() {
        synchronized (OPEN) {
            if (!closed) {
                closed = true;
                if (--shared.handles == 0 && core.close()) {
                    OPEN.remove(core.directory());
                }
            }
        }
    }

    /**
     * Runs an action on the names of this pool, which stays mapped meanwhile. For packages above this one that give names
     * to segments, such as {@code dataset}; keep the action short, since closing the pool waits for it.
     */
    public <T> T withNames(Function<Names, T> action) {
        return whileOpen(() -> action.apply(core.names()));
    }

    /**
     * A handle on a segment that a name holds, sealed or shared mutable. For packages above this one that read names.
     *
     * @throws SharedMemoryException STALE_REFERENCE if the name does not hold it any more
     */
    public Segment openNamed(int slot, long generation) {
        return whileOpen(() -> {
            core.allocator().checkSlot(slot);
            core.ownership().openNamed(slot, generation);
            return new Segment(core.heldMemory(slot));
        });
    }

    private PooledMemory receiveMemory(SegmentRef reference) {
        if (reference.poolId() != id()) {
            throw new SharedMemoryException(
                    Kind.STALE_REFERENCE,
                    "the reference is of pool " + PoolDescription.hex(reference.poolId()) + ", this is pool "
                            + PoolDescription.hex(id()));
        }
        return whileOpen(() -> {
            int slot = reference.slot();
            core.allocator().checkSlot(slot);
            core.ownership().receive(slot, reference.generation(), reference.epoch());
            return core.heldMemory(slot);
        });
    }

    /** Another thread may close the pool at any moment: it is not unmapped before this has returned. */
    private <T> T whileOpen(Supplier<T> operation) {
        core.enter();
        try {
            if (closed) {
                throw new SharedMemoryException(
                        Kind.CLOSED, "this handle on the pool " + core.directory() + " is closed");
            }
            return operation.get();
        } finally {
            core.exit();
        }
    }

    private static PoolDirectory poolDirectory(PoolOptions options) {
        return new PoolDirectory(Path.of(options.directory()), options.name());
    }

    private static final class Shared {
        private final PoolCore core;
        private int handles;

        Shared(PoolCore core) {
            this.core = core;
        }
    }
}
