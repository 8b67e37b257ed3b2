package io.arrowshm;

import io.arrowshm.internal.arrow.ArrowMemory;
import io.arrowshm.internal.arrow.BatchWriter;
import io.arrowshm.internal.core.PrivateMemory;
import io.arrowshm.internal.core.SegmentMemory;
import io.arrowshm.internal.core.UnsealedMemory;
import io.arrowshm.internal.core.UnsealedSegment;
import io.arrowshm.internal.core.Watch;
import io.arrowshm.internal.directory.JvmFlags;
import java.util.ArrayList;
import java.util.List;
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
    private final UnsealedMemory memory;
    private final UnsealedSegment unsealed;
    private final Watch watch;

    SegmentWriter(Schema schema, UnsealedMemory memory) {
        this.memory = memory;
        BatchWriter writer = new BatchWriter(schema, memory.address(), memory.length());
        batch = writer;
        unsealed = new UnsealedSegment(() -> abandon(writer, memory));
        watch = new Watch(unsealed);
    }

    /**
     * A writer of a segment in private memory, which travels by value.
     *
     * @param bodyBytes that all buffers of the batch take together, each rounded up to 64
     * @throws io.arrowshm.error.SharedMemoryException ARGUMENT if the schema cannot be held; MISSING_JVM_FLAG
     */
    public static SegmentWriter inPrivateMemory(Schema schema, long bodyBytes) {
        JvmFlags.checkMemoryAccess();
        return PrivateMemory.allocate(BatchWriter.segmentBytes(schema, bodyBytes))
                .build(memory -> new SegmentWriter(schema, memory));
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
     * memory for validity. The vector is to be given no nulls afterwards: its validity is shared with every other vector
     * without nulls.
     *
     * @param values number of values
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
        SegmentMemory sealed = memory.seal(batch.seal());
        unsealed.sealed();
        return new Segment(sealed, watch);
    }

    /** Gives the memory back if the segment was not sealed, once no buffer of it is retained. Idempotent. */
    @Override
    public void close() {
        if (!unsealed.isDone()) {
            watch.end();
        }
    }

    private static void abandon(BatchWriter batch, UnsealedMemory memory) {
        try {
            batch.close();
        } finally {
            batch.whenUnused(memory::release);
        }
    }
}
