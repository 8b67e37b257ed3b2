package io.arrowshm;

import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.core.PrivateMemory;
import io.arrowshm.internal.core.SegmentMemory;
import io.arrowshm.internal.core.UnsealedMemory;
import io.arrowshm.internal.core.UnsealedSegment;
import io.arrowshm.internal.core.Watch;
import io.arrowshm.internal.directory.JvmFlags;
import io.arrowshm.internal.memory.ArrayMemory;

/**
 * Builds a segment of one n-dimensional array, in place. Its elements may be anything until they are written. Closing it
 * unsealed gives the memory back, and so does forgetting it together with the array. One thread.
 */
public final class ArrayWriter implements AutoCloseable {
    private final MutableNdArray array;
    private final ArrayMemory arrayMemory;
    private final UnsealedMemory memory;
    private final UnsealedSegment unsealed;
    private final Watch watch;

    ArrayWriter(ArraySpec spec, long bytes, UnsealedMemory memory) {
        this.memory = memory;
        arrayMemory = new ArrayMemory(() -> "an array that is being written", memory.address(), bytes, this);
        array = Segment.ARRAYS.create(arrayMemory, spec);
        unsealed = new UnsealedSegment(memory::release);
        watch = new Watch(unsealed);
    }

    /** A writer of a segment in private memory, which travels by value and is shared with nobody. */
    public static ArrayWriter inPrivateMemory(ArraySpec spec) {
        JvmFlags.checkMemoryAccess();
        long bytes = spec.bytes();
        return PrivateMemory.allocate(bytes).build(memory -> new ArrayWriter(spec, bytes, memory));
    }

    /** The array to be written, until the writer is sealed, shared or closed. */
    public MutableNdArray array() {
        unsealed.check();
        return array;
    }

    /**
     * Makes the array immutable and readable by everybody who holds the segment. The writer and its array are closed.
     *
     * @throws SharedMemoryException CLOSED
     */
    public Segment seal() {
        end();
        return segment(memory.seal(arrayMemory.length()));
    }

    /**
     * Lets several processes write disjoint parts of the array: everybody who gets the segment by a reference or a name. See
     * {@link Segment#mutableArray} and {@link Segment#seal}. The writer and its array are closed.
     *
     * @throws SharedMemoryException CLOSED; ARGUMENT if the array is in private memory
     */
    public Segment share() {
        end();
        return segment(memory.share(arrayMemory.length()));
    }

    /** Gives the memory back if the array was neither sealed nor shared. Idempotent. */
    @Override
    public void close() {
        arrayMemory.close();
        if (!unsealed.isDone()) {
            watch.end();
        }
    }

    private void end() {
        unsealed.check();
        // First: nobody writes through it any more when it is sealed.
        arrayMemory.close();
    }

    private Segment segment(SegmentMemory taken) {
        unsealed.sealed();
        return new Segment(taken, watch);
    }
}
