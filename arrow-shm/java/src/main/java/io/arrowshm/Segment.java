package io.arrowshm;

import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.arrow.ArrowFile;
import io.arrowshm.internal.core.HeapMemory;
import io.arrowshm.internal.core.PooledMemory;
import io.arrowshm.internal.core.PrivateMemory;
import io.arrowshm.internal.core.SegmentHandle;
import io.arrowshm.internal.core.SegmentMemory;
import io.arrowshm.internal.core.UnsealedMemory;
import io.arrowshm.internal.core.Watch;
import io.arrowshm.internal.memory.ArrayMemory;
import io.arrowshm.internal.secrets.ArraySecrets;
import io.arrowshm.internal.secrets.Secrets;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A handle on a segment: one Arrow IPC file, or one n-dimensional array, in a pool or in private memory; immutable unless
 * it is an array that is shared for writing. The memory stays for as long as any handle, or any Arrow buffer taken from
 * one and retained, is open; access after {@link #close()} throws. A handle that was forgotten is closed when it is
 * collected, with a warning. Any thread, but not closing while another thread reads.
 */
public final class Segment implements AutoCloseable {
    static final ArraySecrets<ArraySpec, NdArray, MutableNdArray> ARRAYS = Secrets.arrays(NdArray.class);

    private final SegmentHandle handle;
    private @Nullable ArrayMemory arrayMemory;
    private @Nullable NdArray array;
    private final @Nullable Watch watch;

    /** Takes over one count of the memory. */
    Segment(SegmentMemory memory) {
        handle = new SegmentHandle(memory);
        watch = new Watch(handle);
    }

    /** Takes over one count of the memory, and the watch of the writer that has made it. */
    Segment(SegmentMemory memory, Watch watch) {
        handle = new SegmentHandle(memory);
        this.watch = watch;
        watch.handOver(handle);
    }

    private Segment(SegmentHandle unwatched) {
        handle = unwatched;
        watch = null;
    }

    /**
     * A handle of an owner that is sure to close it: forgotten, it would hold the memory until the process ends. Takes over
     * one count of the memory.
     */
    static Segment unwatched(SegmentMemory memory) {
        return new Segment(new SegmentHandle(memory));
    }

    SegmentHandle handle() {
        return handle;
    }

    /** In bytes, with whatever stands around the data. */
    public long length() {
        return handle.memory().length();
    }

    /** Whether it lies in the pool, so that a reference to it can be sent to others who have that pool open. */
    public boolean isIn(SharedMemoryPool pool) {
        PooledMemory pooled = handle.memory().pooled();
        return pooled != null && pooled.poolId() == pool.id();
    }

    /**
     * The schema of its batches; fields that are encoded by a dictionary have the type of their indices. Custom metadata
     * that is no UTF-8, which Arrow Java has no place for, is empty here; the segment's bytes have it.
     *
     * @throws SharedMemoryException CORRUPT if the bytes are not an Arrow file that can be read in place, CLOSED
     */
    public Schema schema() {
        return file().schema();
    }

    /**
     * How many record batches it has: one if it was written with a {@link SegmentWriter}; any number, also none, if another
     * runtime wrote it.
     *
     * @throws SharedMemoryException CORRUPT if the bytes are not an Arrow file that can be read in place, CLOSED
     */
    public int batchCount() {
        return file().batchCount();
    }

    /**
     * Its only batch, in place: vectors over the segment's memory, to be read only. Closed with this handle; opened once.
     *
     * <p>Opening checks every length, and takes no longer for more rows. It does not look at every row: see {@link
     * #validate}.
     *
     * @throws SharedMemoryException CORRUPT if the bytes are not such a batch, ARGUMENT if there is not exactly one, CLOSED
     */
    public VectorSchemaRoot root() {
        return file().onlyBatch();
    }

    /**
     * One of its batches, as {@link #root()}.
     *
     * @param batch from 0 to {@link #batchCount()}, exclusive
     * @throws SharedMemoryException CORRUPT if the bytes are not such a batch, ARGUMENT if there are not so many, CLOSED
     */
    public VectorSchemaRoot root(int batch) {
        return file().batch(batch);
    }

    /**
     * What the indices of fields with a dictionary mean, in place, to be read only. Closed with this handle.
     *
     * @throws SharedMemoryException CORRUPT if the bytes are not an Arrow file that can be read in place, CLOSED
     */
    public DictionaryProvider dictionaries() {
        return file().dictionaries();
    }

    /**
     * Looks at every row of every batch: offsets, views, nulls, type ids of unions and indices into dictionaries. For bytes of
     * somebody who is not trusted: reading a row that is wrong through its vector throws, but reads nothing outside.
     *
     * @throws SharedMemoryException CORRUPT if one of them leads nowhere, CLOSED
     */
    public void validate() {
        file().validate();
    }

    private ArrowFile file() {
        return handle.file(
                memory -> ArrowFile.open(memory::describe, memory.address(), memory.length(), memory::release));
    }

    /** Whether it holds an n-dimensional array, not a batch. */
    public boolean isArray() {
        SegmentMemory memory = handle.memory();
        return ARRAYS.isArray(memory.address(), memory.length());
    }

    /**
     * The array, in place, to be read only. It and its views are closed with this handle, and keep it from being collected.
     *
     * @throws SharedMemoryException CORRUPT if the bytes are not an array, CLOSED
     */
    public synchronized NdArray array() {
        handle.memory();
        if (array == null) {
            array = ARRAYS.open(arrayMemory());
        }
        return array;
    }

    /** Whether it is shared for writing. */
    public boolean isMutable() {
        PooledMemory pooled = handle.memory().pooled();
        return pooled != null && pooled.isMutable();
    }

    /**
     * The array, in place, to be written by everybody who has such a handle; those who write the same elements see
     * to the order themselves. It and its views are closed with this handle, or when the segment is sealed.
     *
     * @throws SharedMemoryException ARGUMENT if the segment is sealed; CORRUPT if the bytes are not an array, CLOSED
     */
    public synchronized MutableNdArray mutableArray() {
        if (!isMutable()) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, handle.memory().describe() + " is immutable: it was not shared, or is sealed");
        }
        return ARRAYS.openMutable(arrayMemory());
    }

    /**
     * Makes a segment that was shared immutable. For whoever alone holds it, with no reference in flight; a name may stay.
     * Arrays that this handle gave out are closed, also if this fails; {@link #array} gives new ones.
     *
     * @throws SharedMemoryException IN_USE if somebody else could still write; ARGUMENT if it is immutable already
     */
    public synchronized void seal() {
        if (!isMutable()) {
            throw new SharedMemoryException(Kind.ARGUMENT, handle.memory().describe() + " is immutable already");
        }
        closeArrays();
        handle.seal();
    }

    /** A further handle on the same segment, to keep it beyond the life of this one. */
    public Segment retain() {
        return new Segment(handle.retained());
    }

    /**
     * Puts a reference in flight: it holds the segment until it is received, or its epoch is void. Null if the segment
     * lies in no pool, or the reference has no place (another epoch's are in flight, or too many): send it by value.
     */
    public @Nullable SegmentRef trySend(Epoch epoch) {
        PooledMemory sent = handle.trySend(epoch.epoch());
        return sent == null
                ? null
                : new SegmentRef(
                        sent.poolId(),
                        sent.slot(),
                        sent.generation(),
                        0,
                        sent.length(),
                        epoch.epoch().index());
    }

    /**
     * Lets runtimes that are no JVMs read the segment in place, for as long as this handle or any other hold is open, and
     * beyond that while they have a lease.
     *
     * @throws SharedMemoryException ARGUMENT if the segment lies in no pool
     */
    public LentSegment lend() {
        return handle.inPool(LentSegment::of);
    }

    /** Writes all its bytes: those of an Arrow file, an Arrow tensor message or an .npy file. */
    public void writeTo(DataOutput out) throws IOException {
        // Retained, since this handle may be collected, or closed by another thread, meanwhile.
        SegmentMemory memory = handle.retained();
        try {
            memory.writeTo(out);
        } finally {
            memory.release();
        }
    }

    /**
     * Reads the bytes that {@link #writeTo} wrote onto the heap. They are checked when they are first looked at. It need not be closed:
     * see {@link #copyToHeap()}.
     *
     * @param length bytes to read
     * @throws SharedMemoryException CORRUPT if there cannot be so many
     */
    public static Segment readFrom(DataInput in, long length) throws IOException {
        return new Segment(HeapMemory.read(in, checkLength(length)));
    }

    /**
     * Reads the bytes that {@link #writeTo} wrote into native memory, for a segment that may be larger than the heap. They
     * are checked when they are first looked at. It is to be closed.
     *
     * @param length bytes to read
     * @throws SharedMemoryException CORRUPT if there cannot be so many; FULL if there is no such memory
     */
    public static Segment readToPrivateMemory(DataInput in, long length) throws IOException {
        return new Segment(PrivateMemory.read(in, checkLength(length)));
    }

    private static long checkLength(long length) {
        if (length < 0) {
            throw new SharedMemoryException(Kind.CORRUPT, "a segment by value is said to have " + length + " bytes");
        }
        return length;
    }

    /**
     * A copy on the heap that holds nothing in any pool: for state, windows and whatever else keeps segments. It need not be
     * closed; closing it gives back what its vectors take beside it.
     */
    public Segment copyToHeap() {
        SegmentMemory memory = handle.retained();
        try {
            return new Segment(HeapMemory.copyOf(memory));
        } finally {
            memory.release();
        }
    }

    /** A copy in memory that has room for it, which the copy takes over. */
    Segment copyTo(UnsealedMemory target) {
        SegmentMemory memory = handle.retained();
        try {
            memory.copyTo(target.address());
            return new Segment(target.seal(memory.length()));
        } finally {
            memory.release();
        }
    }

    /** Idempotent. */
    @Override
    public synchronized void close() {
        closeArrays();
        if (watch == null) {
            handle.giveBack(false);
        } else {
            watch.end();
        }
    }

    synchronized ArrayMemory arrayMemory() {
        if (arrayMemory == null) {
            SegmentMemory memory = handle.memory();
            arrayMemory = new ArrayMemory(memory::describe, memory.address(), memory.length(), this);
        }
        return arrayMemory;
    }

    private void closeArrays() {
        if (arrayMemory != null) {
            arrayMemory.close();
            arrayMemory = null;
            array = null;
        }
    }
}
