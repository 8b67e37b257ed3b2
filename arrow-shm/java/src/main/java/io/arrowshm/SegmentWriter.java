package io.arrowshm;

import io.arrowshm.internal.allocator.Block;
import io.arrowshm.internal.arrow.ArrowMemory;
import io.arrowshm.internal.arrow.BatchWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Builds one segment. Its vectors allocate inside the segment, so that sealing moves no data. Closing it unsealed gives
 * the memory back, and so does forgetting it: keep it for as long as its vectors are used. One thread.
 */
public final class SegmentWriter implements AutoCloseable {
    private final BatchWriter batch;
    private final LongFunction<SegmentMemory> sealing;
    private final UnsealedSegment unsealed;
    private final Watch watch;

    private SegmentWriter(BatchWriter batch, LongFunction<SegmentMemory> sealing, Runnable release) {
        this.batch = batch;
        this.sealing = sealing;
        unsealed = new UnsealedSegment(() -> abandon(batch, release));
        watch = new Watch(unsealed);
    }

    static SegmentWriter pooled(Schema schema, Block block, PoolCore core) {
        BatchWriter batch = new BatchWriter(schema, block.address(), block.bytes());
        LongFunction<SegmentMemory> sealing = length -> {
            core.seal(block.slot(), block.address(), length);
            return new PooledMemory(core, block, length);
        };
        return new SegmentWriter(batch, sealing, () -> core.ownership().release(block.slot()));
    }

    /**
     * A writer of a segment in private memory, which travels by value.
     *
     * @param bodyBytes that all buffers of the batch take together, each rounded up to 64
     */
    public static SegmentWriter inPrivateMemory(Schema schema, long bodyBytes) {
        PrivateMemory memory = PrivateMemory.allocate(BatchWriter.segmentBytes(schema, bodyBytes));
        BatchWriter batch = new BatchWriter(schema, memory.address(), memory.length());
        return new SegmentWriter(batch, memory::withLength, memory::release);
    }

    /** A writer of a segment in private memory, which travels by value, whose vectors allocate what the size has room for. */
    public static SegmentWriter inPrivateMemory(Schema schema, SegmentSize size) {
        return inPrivateMemory(schema, size.bodyBytes()).prepared(size);
    }

    /** This writer, with vectors that allocate just what the size has room for; closed if it is of another schema. */
    SegmentWriter prepared(SegmentSize size) {
        boolean prepared = false;
        try {
            size.prepare(root());
            prepared = true;
            return this;
        } finally {
            if (!prepared) {
                close();
            }
        }
    }

    /** The batch to be filled; its row count is to be set before sealing. */
    public VectorSchemaRoot root() {
        return batch.root();
    }

    /** Allocates inside the segment, for buffers that a vector is to be loaded with. */
    public BufferAllocator allocator() {
        return batch.allocator();
    }

    /**
     * Gives a vector without nulls its values. Unlike a vector's own allocation this writes no zeros first, and takes no
     * memory for validity.
     *
     * @param values number of values
     * <p>The vector is to be given no nulls afterwards: its validity is shared with every other vector without nulls.
     *
     * @param buffers of the vector behind its validity, from {@link #allocator()}; taken over
     */
    public void load(FieldVector vector, int values, ArrowBuf... buffers) {
        List<ArrowBuf> all = new ArrayList<>(1 + buffers.length);
        all.add(ArrowMemory.allValid(values));
        for (ArrowBuf buffer : buffers) {
            all.add(buffer.writerIndex(buffer.capacity()));
        }
        vector.loadFieldBuffers(new ArrowFieldNode(values, 0), all);
        all.forEach(ArrowBuf::close);
    }

    /**
     * Makes the segment immutable and readable by everybody who holds it. The writer and its vectors are closed.
     *
     * @throws io.arrowshm.error.SharedMemoryException CLOSED if it was sealed or closed before; ARGUMENT if buffers are still retained:
     *     then the writer is of no more use
     */
    public Segment seal() {
        unsealed.check();
        SegmentMemory memory = sealing.apply(batch.seal());
        unsealed.sealed();
        return new Segment(memory, watch);
    }

    /** Gives the memory back if the segment was not sealed, once no buffer of it is retained. Idempotent. */
    @Override
    public void close() {
        if (!unsealed.isDone()) {
            watch.end();
        }
    }

    private static void abandon(BatchWriter batch, Runnable release) {
        try {
            batch.close();
        } finally {
            batch.whenUnused(release);
        }
    }
}
