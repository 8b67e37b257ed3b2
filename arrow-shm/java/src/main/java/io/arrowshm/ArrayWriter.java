package io.arrowshm;

import io.arrowshm.array.ArrayFormat;
import io.arrowshm.array.ArrayMemory;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.allocator.Block;
import java.util.function.Supplier;

/**
 * Builds a segment of one n-dimensional array, in place. Its elements may be anything until they are written. Closing it
 * unsealed gives the memory back, and so does forgetting it together with the array. One thread.
 */
public final class ArrayWriter implements AutoCloseable {
    private final MutableNdArray array;
    private final ArrayMemory memory;
    private final Supplier<SegmentMemory> sealing;
    private final Supplier<SegmentMemory> sharing;
    private final UnsealedSegment unsealed;
    private final Watch watch;

    private ArrayWriter(
            ArraySpec spec,
            long address,
            Supplier<SegmentMemory> sealing,
            Supplier<SegmentMemory> sharing,
            Runnable release) {
        memory = new ArrayMemory(() -> "an array that is being written", address, ArrayFormat.bytes(spec), this);
        array = ArrayFormat.create(memory, spec);
        this.sealing = sealing;
        this.sharing = sharing;
        unsealed = new UnsealedSegment(release);
        watch = new Watch(unsealed);
    }

    static ArrayWriter pooled(ArraySpec spec, Block block, PoolCore core) {
        long length = ArrayFormat.bytes(spec);
        return new ArrayWriter(
                spec,
                block.address(),
                () -> {
                    core.seal(block.slot(), block.address(), length);
                    return new PooledMemory(core, block, length);
                },
                () -> {
                    core.ownership().share(block.slot(), length);
                    return new PooledMemory(core, block, length);
                },
                () -> core.ownership().release(block.slot()));
    }

    /** A writer of a segment in private memory, which travels by value and is shared with nobody. */
    public static ArrayWriter inPrivateMemory(ArraySpec spec) {
        PrivateMemory memory = PrivateMemory.allocate(ArrayFormat.bytes(spec));
        return new ArrayWriter(spec, memory.address(), () -> memory, ArrayWriter::cannotShare, memory::release);
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
        return end(sealing);
    }

    /**
     * Lets several processes write disjoint parts of the array: everybody who gets the segment by a reference or a name. See
     * {@link Segment#mutableArray} and {@link Segment#seal}. The writer and its array are closed.
     *
     * @throws SharedMemoryException CLOSED; ARGUMENT if the array is in private memory
     */
    public Segment share() {
        return end(sharing);
    }

    /** Gives the memory back if the array was neither sealed nor shared. Idempotent. */
    @Override
    public void close() {
        memory.close();
        if (!unsealed.isDone()) {
            watch.end();
        }
    }

    private static SegmentMemory cannotShare() {
        throw new SharedMemoryException(
                Kind.ARGUMENT, "an array in private memory can be shared with nobody; make it in a pool");
    }

    private Segment end(Supplier<SegmentMemory> step) {
        unsealed.check();
        // First: nobody writes through it any more when it is sealed.
        memory.close();
        SegmentMemory taken = step.get();
        unsealed.sealed();
        return new Segment(taken, watch);
    }
}
