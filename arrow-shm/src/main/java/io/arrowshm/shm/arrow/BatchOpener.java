package io.arrowshm.shm.arrow;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.memory.Memory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.function.Supplier;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BufferLayout;
import org.apache.arrow.vector.BufferLayout.BufferType;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Opens an Arrow IPC file of one record batch in place: the vectors' buffers are slices of the memory that the file lies
 * in. Nothing in it is believed before it was checked; whatever is wrong is one exception. Any thread.
 */
public final class BatchOpener {
    private BatchOpener() {}

    /**
     * Opens the file.
     *
     * @param name for error messages
     * @param address of the first byte, a multiple of 8
     * @param length bytes
     * @param whenReleased runs once: when the root and every buffer taken from it are released, or when this throws
     * @throws SharedMemoryException CORRUPT if the bytes are not such a file
     */
    public static VectorSchemaRoot open(Supplier<String> name, long address, long length, Runnable whenReleased) {
        try (ArrowBuf whole = ArrowMemory.wrap(address, length, whenReleased)) {
            return load(whole, length);
        } catch (RuntimeException | AssertionError e) {
            // Flatbuffers tables follow the offsets that the bytes give them, and run into the end of their buffer.
            // Arrow has an exception of its own for every type it cannot make sense of.
            throw new SharedMemoryException(
                    Kind.CORRUPT,
                    name.get() + " (" + length + " bytes) is not a readable Arrow file: " + e.getMessage(),
                    e);
        }
    }

    private static VectorSchemaRoot load(ArrowBuf whole, long length) {
        long address = whole.memoryAddress();
        Footer footer = footer(address, length);
        Schema schema = SchemaCache.read(address, length);
        Block block = batchBlock(footer, length);
        RecordBatch batch = batch(address, block);
        // Each takes 16 bytes of the metadata, however many it claims to have.
        int most = block.metaDataLength() / (2 * Long.BYTES);
        if (batch.nodesLength() > most || batch.buffersLength() > most) {
            throw new DamagedException("the record batch is said to have " + batch.nodesLength() + " nodes and "
                    + batch.buffersLength() + " buffers in " + block.metaDataLength() + " bytes");
        }
        List<ArrowFieldNode> nodes = nodes(batch);
        List<ArrowBuf> buffers = new ArrayList<>(batch.buffersLength());
        long bodyOffset = block.offset() + block.metaDataLength();
        for (int i = 0; i < batch.buffersLength(); i++) {
            buffers.add(slice(whole, bodyOffset, block.bodyLength(), batch.buffers(i)));
        }
        BatchChecks.check(schema.getFields(), batch.length(), length, nodes, buffers);
        VectorSchemaRoot root = VectorSchemaRoot.create(schema, ArrowMemory.root());
        // From here on the loadable batch releases them.
        buffers.forEach(buffer -> buffer.getReferenceManager().retain());
        shareAllValid(schema.getFields(), nodes.iterator(), buffers.listIterator());
        try (ArrowRecordBatch loadable = new ArrowRecordBatch(
                Math.toIntExact(batch.length()),
                nodes,
                buffers,
                NoCompressionCodec.DEFAULT_BODY_COMPRESSION,
                false,
                false)) {
            new VectorLoader(root).load(loadable);
            return root;
        } catch (RuntimeException e) {
            root.close();
            throw e;
        }
    }

    private static Footer footer(long address, long length) {
        long trailer = length - SegmentLayout.TRAILER_BYTES;
        if (trailer < SegmentLayout.STREAM_OFFSET
                || !Arrays.equals(bytes(address, SegmentLayout.MAGIC.length), SegmentLayout.MAGIC)
                || !Arrays.equals(
                        bytes(address + trailer + Integer.BYTES, SegmentLayout.MAGIC.length), SegmentLayout.MAGIC)) {
            throw new DamagedException("it does not begin and end with ARROW1");
        }
        int footerBytes = Memory.getInt(address + trailer);
        if (footerBytes < Integer.BYTES || footerBytes > trailer - SegmentLayout.STREAM_OFFSET) {
            throw new DamagedException("at offset " + trailer + " the footer length is " + footerBytes);
        }
        return Footer.getRootAsFooter(ByteBuffer.wrap(bytes(address + trailer - footerBytes, footerBytes)));
    }

    private static Block batchBlock(Footer footer, long length) {
        if (footer.recordBatchesLength() != 1 || footer.dictionariesLength() != 0) {
            throw new DamagedException("it has " + footer.recordBatchesLength() + " record batches and "
                    + footer.dictionariesLength() + " dictionaries; one batch and no dictionary is readable");
        }
        Block block = footer.recordBatches(0);
        long metadataEnd = Math.addExact(block.offset(), (long) block.metaDataLength());
        boolean inside = block.offset() >= SegmentLayout.STREAM_OFFSET
                && block.metaDataLength() > SegmentLayout.PREFIX_BYTES
                && block.bodyLength() >= 0
                && Math.addExact(metadataEnd, block.bodyLength()) <= length - SegmentLayout.TRAILER_BYTES;
        if (!inside || block.offset() % Long.BYTES != 0 || metadataEnd % Long.BYTES != 0) {
            throw new DamagedException("the record batch is said to be at offset " + block.offset() + " with "
                    + block.metaDataLength() + " bytes of metadata and " + block.bodyLength() + " of body");
        }
        return block;
    }

    private static RecordBatch batch(long address, Block block) {
        byte[] metadata = bytes(
                address + block.offset() + SegmentLayout.PREFIX_BYTES,
                block.metaDataLength() - SegmentLayout.PREFIX_BYTES);
        Message message = Message.getRootAsMessage(ByteBuffer.wrap(metadata));
        if (message.headerType() != MessageHeader.RecordBatch || message.bodyLength() != block.bodyLength()) {
            throw new DamagedException("at offset " + block.offset() + " there is a message of type "
                    + message.headerType() + " with a body of " + message.bodyLength() + " bytes");
        }
        RecordBatch batch = (RecordBatch) message.header(new RecordBatch());
        if (batch == null || batch.compression() != null || batch.length() < 0 || batch.length() > Integer.MAX_VALUE) {
            throw new DamagedException("the record batch is "
                    + (batch == null ? "missing" : "compressed or has " + batch.length() + " rows"));
        }
        return batch;
    }

    private static List<ArrowFieldNode> nodes(RecordBatch batch) {
        List<ArrowFieldNode> nodes = new ArrayList<>(batch.nodesLength());
        for (int i = 0; i < batch.nodesLength(); i++) {
            FieldNode node = batch.nodes(i);
            if (node.length() > Integer.MAX_VALUE) {
                throw new DamagedException("node " + i + " has length " + node.length());
            }
            nodes.add(new ArrowFieldNode(node.length(), node.nullCount()));
        }
        return nodes;
    }

    private static ArrowBuf slice(ArrowBuf whole, long bodyOffset, long bodyLength, Buffer buffer) {
        boolean inside = buffer.offset() >= 0
                && buffer.length() >= 0
                && Math.addExact(buffer.offset(), buffer.length()) <= bodyLength;
        if (!inside || buffer.offset() % Long.BYTES != 0) {
            throw new DamagedException("a buffer is said to be at " + buffer.offset() + " with " + buffer.length()
                    + " bytes of a body of " + bodyLength);
        }
        return whole.slice(bodyOffset + buffer.offset(), buffer.length());
    }

    /**
     * Gives vectors without nulls a slice of one shared buffer where the file leaves their validity out. Both have a
     * reference of their own.
     */
    private static void shareAllValid(
            List<Field> fields, Iterator<ArrowFieldNode> nodes, ListIterator<ArrowBuf> buffers) {
        for (Field field : fields) {
            ArrowFieldNode node = nodes.next();
            for (BufferLayout layout : TypeLayout.getTypeLayout(field.getType()).getBufferLayouts()) {
                ArrowBuf buffer = buffers.next();
                if (layout.getType() == BufferType.VALIDITY && buffer.capacity() == 0 && node.getLength() > 0) {
                    buffers.set(ArrowMemory.allValid(node.getLength()));
                    buffer.getReferenceManager().release();
                }
            }
            shareAllValid(field.getChildren(), nodes, buffers);
        }
    }

    private static byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copy(address, bytes, 0, length);
        return bytes;
    }
}
