package io.arrowshm;

import io.arrowshm.array.ArraySpec;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.arrow.BatchWriter;
import io.arrowshm.internal.core.OpenPools;
import io.arrowshm.internal.core.PoolCore;
import io.arrowshm.internal.core.UnsealedMemory;
import io.arrowshm.internal.directory.JvmFlags;
import io.arrowshm.internal.directory.PoolDirectory;
import io.arrowshm.internal.memory.DirectoryHandle;
import io.arrowshm.internal.secrets.Secrets;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * A pool of shared memory that this process has open. The process is one of its participants for as long as any of its
 * handles on the pool is open, and takes part in reclaiming what dead participants have left. Any thread.
 */
public final class SharedMemoryPool implements AutoCloseable {
    private static final int ATTEMPTS = 10;

    static {
        Secrets.leavePools(new Handles());
    }

    private final PoolCore core;
    private volatile boolean closed;

    private SharedMemoryPool(PoolCore core) {
        this.core = core;
    }

    /**
     * Opens a pool, which is made first if it is not there. All handles of a JVM share one participant.
     *
     * @throws SharedMemoryException FULL, NO_PERMISSION, WRONG_VERSION, EXHAUSTED (no place for a participant), IN_USE
     *     (another class loader of this JVM has it open), MISSING_JVM_FLAG, CORRUPT (it is damaged: remove it)
     */
    public static SharedMemoryPool open(PoolOptions options) {
        JvmFlags.checkAccess();
        PoolDirectory directory = poolDirectory(options);
        for (int attempt = 1; ; attempt++) {
            DirectoryHandle found = directory.findOrCreate(options.sizeBytes(), options.slots(), options.checksums());
            try {
                return new SharedMemoryPool(
                        directory.open(found, handle -> OpenPools.open(handle, Segment.ARRAYS::describe)));
            } catch (SharedMemoryException e) {
                // Removed in between.
                if (attempt == ATTEMPTS || e.kind() != Kind.ABSENT) {
                    throw e;
                }
            }
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
        return allocate(BatchWriter.segmentBytes(schema, bodyBytes)).build(memory -> new SegmentWriter(schema, memory));
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
        long bytes = spec.bytes();
        return allocate(bytes).build(memory -> new ArrayWriter(spec, bytes, memory));
    }

    /**
     * A copy in this pool, byte for byte, of a segment that lies elsewhere, or that others have in flight or under a name;
     * immutable.
     *
     * @throws SharedMemoryException FULL if there is no room now; CLOSED
     */
    public Segment copy(Segment segment) {
        return allocate(segment.length()).build(segment::copyTo);
    }

    /**
     * A segment of this pool with what another runtime has written to a file, wherever that lies: an Arrow file or stream, an
     * Arrow tensor message or an .npy file. The file stays, and what others do to it meanwhile harms nobody. As by {@link
     * #adopt} all of it is looked at first, and what cannot be read in place is converted, for which there has to be room for
     * both.
     *
     * @throws SharedMemoryException ABSENT, ARGUMENT (not a file, empty), CORRUPT (it cannot be read as a segment),
     *     NO_PERMISSION, FULL
     */
    public Segment copy(Path file) {
        return copy(file, bytes -> {});
    }

    /**
     * As {@link #copy(Path)}, for a large file.
     *
     * @param moved is told how many bytes more were read, by any thread; they are looked at afterwards
     */
    public Segment copy(Path file, LongConsumer moved) {
        return new Segment(whileOpen(pool -> pool.copy(file, moved)));
    }

    /** From here on it holds a block, which keeps the pool mapped. */
    private UnsealedMemory allocate(long bytes) {
        return whileOpen(pool -> pool.allocate(bytes));
    }

    /**
     * Makes a file that another runtime wrote a segment of this pool: in place or, below 1 MiB, by copying it. An Arrow stream,
     * and an Arrow file with batches that are compressed, are converted, for which compressed ones need {@code
     * com.github.luben:zstd-jni} (zstd) or {@code org.apache.commons:commons-compress} (lz4) on the class path. All of it is
     * looked at first, as by {@link Segment#validate}.
     *
     * <p>The file was written under another name in the folder {@code incoming} of {@link #directory()} and renamed when it
     * was complete; it is gone from there afterwards, and nobody may write it any more.
     *
     * @param name of the file in that folder
     * @throws SharedMemoryException ABSENT, ARGUMENT (no such name, not a file, empty), CORRUPT (it cannot be read as a
     *     segment), NO_PERMISSION, FULL: then the file stays where it is and, if it is the file that is wrong, a file of its
     *     name with {@code .refused} at its end says why
     */
    public Segment adopt(String name) {
        return new Segment(whileOpen(pool -> pool.adopt(name)));
    }

    /**
     * Turns a reference in flight into a handle on the segment.
     *
     * @throws SharedMemoryException STALE_REFERENCE if it was received before, is void, or is of another pool
     */
    public Segment receive(SegmentRef reference) {
        return new Segment(whileOpen(
                pool -> pool.receive(reference.poolId(), reference.slot(), reference.generation(), reference.epoch())));
    }

    /**
     * Opens an epoch.
     *
     * @param name of the execution attempt, for people
     * @throws SharedMemoryException EXHAUSTED if the pool has no index left
     */
    public Epoch openEpoch(String name) {
        return new Epoch(whileOpen(pool -> pool.openEpoch(name)));
    }

    /** Takes back now what the dead have left, as the reaper of every participant does ten times a second. */
    public void sweep() {
        whileOpen(pool -> {
            pool.sweep();
            return this;
        });
    }

    public PoolStatistics statistics() {
        return whileOpen(PoolStatistics::of);
    }

    /** The process leaves the pool with its last handle; the pool stays. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            OpenPools.close(core);
        }
    }

    /** Another thread may close the pool at any moment: it is not unmapped before this has returned. */
    <T> T whileOpen(Function<PoolCore, T> operation) {
        core.enter();
        try {
            if (closed) {
                throw new SharedMemoryException(
                        Kind.CLOSED, "this handle on the pool " + core.directory() + " is closed");
            }
            return operation.apply(core);
        } finally {
            core.exit();
        }
    }

    private static PoolDirectory poolDirectory(PoolOptions options) {
        return new PoolDirectory(Path.of(options.directory()), options.name());
    }
}
