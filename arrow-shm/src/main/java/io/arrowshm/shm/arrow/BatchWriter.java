package io.arrowshm.shm.arrow;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.memory.Memory;
import java.nio.ByteBuffer;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
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
        arena = new Arena(address + layout.bodyOffset(), length - layout.bodyOffset() - layout.tailBytes() & ~63L);
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
        RecordBatchMetadata metadata = new RecordBatchMetadata(root.getRowCount());
        for (FieldVector vector : root.getFieldVectors()) {
            describe(vector, metadata);
        }
        long bodyBytes = arena.used();
        root.close();
        if (allocator.getAllocatedMemory() != 0) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    allocator.getAllocatedMemory()
                            + " bytes of the segment's buffers are still retained; release them before sealing");
        }
        close();
        return writeMetadata(metadata, bodyBytes);
    }

    /** Gives the vectors up. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            root.close();
            ArrowMemory.detach(allocator);
        }
    }

    private void describe(FieldVector vector, RecordBatchMetadata metadata) {
        boolean validity = true;
        for (ArrowBuf buffer : vector.getFieldBuffers()) {
            boolean allValid = validity && buffer.capacity() > 0 && ArrowMemory.isAllValid(buffer);
            if (validity) {
                metadata.addNode(vector.getValueCount(), allValid ? 0 : vector.getNullCount());
                validity = false;
            }
            if (allValid) {
                // Readers take a missing validity buffer for "nothing is null".
                metadata.addBuffer(0, 0);
            } else {
                metadata.addBuffer(offsetInBody(buffer), buffer.readableBytes());
            }
        }
        for (FieldVector child : vector.getChildrenFromFields()) {
            describe(child, metadata);
        }
    }

    private long offsetInBody(ArrowBuf buffer) {
        long start = buffer.memoryAddress();
        long length = buffer.readableBytes();
        if (length == 0) {
            return 0;
        }
        boolean inPlace = arena.contains(start, length) && start % Long.BYTES == 0;
        if (!inPlace) {
            // Vectors that were loaded or transferred keep buffers from elsewhere.
            long copy = arena.allocate(length);
            Memory.copy(start, copy, length);
            start = copy;
        }
        return start - arena.address();
    }

    private long writeMetadata(RecordBatchMetadata metadata, long bodyBytes) {
        Memory.putLong(address, 0);
        Memory.copy(SegmentLayout.MAGIC, 0, address, SegmentLayout.MAGIC.length);
        long schemaEnd = address + layout.batchOffset();
        writeMessage(address + SegmentLayout.STREAM_OFFSET, schemaEnd, ByteBuffer.wrap(layout.schemaMessage()));
        long bodyStart = address + layout.bodyOffset();
        writeMessage(schemaEnd, bodyStart, metadata.message(bodyBytes));

        long end = bodyStart + bodyBytes;
        Memory.putInt(end, -1);
        Memory.putInt(end + Integer.BYTES, 0);
        end += SegmentLayout.END_OF_STREAM_BYTES;
        int footerBytes = layout.writeFooter(end, bodyBytes);
        end += footerBytes;
        Memory.putInt(end, footerBytes);
        end += Integer.BYTES;
        Memory.copy(SegmentLayout.MAGIC, 0, end, SegmentLayout.MAGIC.length);
        return end + SegmentLayout.MAGIC.length - address;
    }

    /** Writes an encapsulated message whose metadata is padded with zeros up to the end. */
    private static void writeMessage(long start, long end, ByteBuffer message) {
        long metadataStart = start + SegmentLayout.PREFIX_BYTES;
        Memory.putInt(start, -1);
        Memory.putInt(start + Integer.BYTES, (int) (end - metadataStart));
        int length = message.remaining();
        Memory.copy(message.array(), message.arrayOffset() + message.position(), metadataStart, length);
        Memory.fill(metadataStart + length, end - metadataStart - length, (byte) 0);
    }
}
