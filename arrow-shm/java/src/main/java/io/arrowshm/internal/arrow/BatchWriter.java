package io.arrowshm.internal.arrow;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.Memory;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BufferLayout;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Writes one record batch into given memory so that the result is an Arrow IPC file: the vectors' buffers are allocated
 * where they stay, and sealing writes metadata only. One thread.
 */
public final class BatchWriter implements AutoCloseable {
    private final SegmentLayout layout;
    private final long address;
    private final Arena arena;
    private final BufferAllocator allocator;
    private final VectorSchemaRoot root;
    private boolean closed;

    /**
     * @param address of the memory, a multiple of 64
     * @param length bytes of it, at least {@link #segmentBytes}
     * @throws SharedMemoryException ARGUMENT if the schema has a type that segments cannot hold
     */
    public BatchWriter(Schema schema, long address, long length) {
        this.layout = SegmentLayout.of(schema);
        this.address = address;
        long arenaOffset = (long) layout.bodyOffset() + layout.zeroBytes();
        arena = new Arena(address + arenaOffset, length - arenaOffset - layout.tailBytes() & ~63L);
        allocator = ArrowMemory.arenaAllocator(arena);
        root = VectorSchemaRoot.create(schema, allocator);
    }

    /**
     * Bytes that a segment with such a body takes.
     *
     * @throws SharedMemoryException ARGUMENT if the schema has a type that segments cannot hold
     */
    public static long segmentBytes(Schema schema, long bodyBytes) {
        return SegmentLayout.of(schema).segmentBytes(bodyBytes);
    }

    /** The batch to be filled. Its row count is to be set before sealing. */
    public VectorSchemaRoot root() {
        return root;
    }

    /** Allocates in the segment; for buffers that a vector is to be loaded with. */
    public BufferAllocator allocator() {
        return allocator;
    }

    /**
     * Writes the metadata, gives the vectors up and returns the length of the file in bytes.
     *
     * @throws SharedMemoryException ARGUMENT if buffers of this writer are still retained: the segment could be written
     *     after it was sealed
     * @throws org.apache.arrow.memory.OutOfMemoryException if a buffer from elsewhere does not fit
     */
    public long seal() {
        if (closed) {
            throw new SharedMemoryException(Kind.CLOSED, "the writer was sealed or closed before");
        }
        RecordBatchMetadata metadata = new RecordBatchMetadata(root.getRowCount());
        for (FieldVector vector : root.getFieldVectors()) {
            describe(vector, metadata);
        }
        long bodyBytes = layout.zeroBytes() + arena.used();
        close();
        // Not by what the allocator still accounts for: a buffer may have been transferred to another one.
        if (!arena.isUnused()) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, "buffers of the segment are still retained; release them before sealing");
        }
        return writeMetadata(metadata, bodyBytes);
    }

    /** Gives the vectors up. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                root.close();
            } finally {
                ArrowMemory.detach(allocator);
            }
        }
    }

    /** Runs the action as soon as nobody has a buffer of this writer any more; the writer is closed or sealed. */
    public void whenUnused(Runnable action) {
        arena.whenUnused(action);
    }

    private void describe(FieldVector vector, RecordBatchMetadata metadata) {
        if (vector.getValueCount() == 0) {
            describeEmpty(vector, metadata);
        } else {
            describeFilled(vector, metadata);
        }
        for (FieldVector child : vector.getChildrenFromFields()) {
            describe(child, metadata);
        }
    }

    /**
     * Its buffers are not looked at. A list that never got an element has an offset buffer without any memory, of which
     * Arrow Java says nevertheless that an offset can be read from it.
     */
    private static void describeEmpty(FieldVector vector, RecordBatchMetadata metadata) {
        metadata.addNode(0, 0);
        ArrowType type = SupportedTypes.storage(vector.getField().getType());
        for (BufferLayout buffer : TypeLayout.getTypeLayout(type).getBufferLayouts()) {
            // The body begins with zeros: there is the one offset, behind which readers look for values.
            metadata.addBuffer(0, SegmentLayout.isOffsets(type, buffer) ? buffer.getTypeBitWidth() / Byte.SIZE : 0);
        }
    }

    private void describeFilled(FieldVector vector, RecordBatchMetadata metadata) {
        List<ArrowBuf> buffers = vector.getFieldBuffers();
        // The first buffer is the validity, but for unions and nulls, which have none.
        boolean allValid =
                !buffers.isEmpty() && buffers.get(0).capacity() > 0 && ArrowMemory.isAllValid(buffers.get(0));
        metadata.addNode(vector.getValueCount(), allValid ? 0 : vector.getNullCount());
        for (int i = 0; i < buffers.size(); i++) {
            if (i == 0 && allValid) {
                // Readers take a missing validity buffer for "nothing is null".
                metadata.addBuffer(0, 0);
            } else {
                metadata.addBuffer(offsetInBody(buffers.get(i)), buffers.get(i).readableBytes());
            }
        }
    }

    private long offsetInBody(ArrowBuf buffer) {
        long start = buffer.memoryAddress();
        long length = buffer.readableBytes();
        if (length == 0) {
            return 0;
        }
        boolean inPlace = length <= buffer.capacity() && arena.contains(start, length) && start % Long.BYTES == 0;
        if (!inPlace) {
            // Vectors that were loaded or transferred keep buffers from elsewhere.
            long copy = arena.allocate(length);
            long there = Math.min(length, buffer.capacity());
            Memory.copy(start, copy, there);
            Memory.fill(copy + there, length - there, (byte) 0);
            start = copy;
        }
        return layout.zeroBytes() + start - arena.address();
    }

    private long writeMetadata(RecordBatchMetadata metadata, long bodyBytes) {
        FileFrame.begin(address);
        long schemaEnd = address + layout.batchOffset();
        FileFrame.message(address + SegmentLayout.STREAM_OFFSET, schemaEnd, ByteBuffer.wrap(layout.schemaMessage()));
        long bodyStart = address + layout.bodyOffset();
        Memory.fill(bodyStart, layout.zeroBytes(), (byte) 0);
        FileFrame.message(schemaEnd, bodyStart, metadata.message(bodyBytes));
        long footer = FileFrame.endStream(bodyStart + bodyBytes);
        return FileFrame.end(footer, layout.writeFooter(footer, bodyBytes)) - address;
    }
}
