package io.arrowshm.internal.arrow;

import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;

/**
 * What a record batch says of itself. Its buffers are slices, without references of their own, which lie within the file.
 *
 * @param nodes one for every field, depth first
 * @param buffers of all fields, depth first
 * @param viewBufferCounts one for every field of views: how many buffers it has for long values
 * @param compression of each of the buffers
 */
record BatchMessage(
        long rows,
        List<ArrowFieldNode> nodes,
        List<ArrowBuf> buffers,
        List<Integer> viewBufferCounts,
        BodyCompression compression,
        boolean isVersion4) {
    private static final String COMPRESSION_BEFORE_VERSION_5 = "ARROW:experimental_compression";

    /**
     * Reads it.
     *
     * @param whole the file
     * @throws DamagedException if it cannot be
     */
    static BatchMessage read(ArrowBuf whole, FileMessage message, RecordBatch batch) {
        checkIsOfNoExperiment(message);
        // Nodes and buffers take 16 bytes of the metadata each, however many it claims to have, and counts 8.
        int most = message.metadataBytes() / (2 * Long.BYTES);
        if (batch.nodesLength() > most
                || batch.buffersLength() > most
                || batch.variadicBufferCountsLength() > 2 * most) {
            throw new DamagedException("a record batch is said to have " + batch.nodesLength() + " nodes and "
                    + batch.buffersLength() + " buffers in " + message.metadataBytes() + " bytes");
        }
        if (batch.length() < 0 || batch.length() > Integer.MAX_VALUE) {
            throw new DamagedException("a record batch has " + batch.length() + " rows");
        }
        List<ArrowBuf> buffers = new ArrayList<>(batch.buffersLength());
        for (int i = 0; i < batch.buffersLength(); i++) {
            buffers.add(slice(whole, message, batch.buffers(i)));
        }
        return new BatchMessage(
                batch.length(),
                nodes(batch),
                buffers,
                viewBufferCounts(batch),
                BodyCompression.of(batch.compression()),
                message.isVersion4());
    }

    private static void checkIsOfNoExperiment(FileMessage message) {
        if (message.isVersion4()) {
            for (int i = 0; i < Math.min(message.message().customMetadataLength(), message.metadataBytes()); i++) {
                KeyValue entry = message.message().customMetadata(i);
                if (COMPRESSION_BEFORE_VERSION_5.equals(entry.key())) {
                    throw new DamagedException("its batches are compressed as in Arrow 0.17, before that was specified;"
                            + " write the file anew");
                }
            }
        }
    }

    private static List<ArrowFieldNode> nodes(RecordBatch batch) {
        List<ArrowFieldNode> nodes = new ArrayList<>(batch.nodesLength());
        for (int i = 0; i < batch.nodesLength(); i++) {
            FieldNode node = batch.nodes(i);
            if (node.length() < 0
                    || node.length() > Integer.MAX_VALUE
                    || node.nullCount() < 0
                    || node.nullCount() > node.length()) {
                throw new DamagedException(
                        "node " + i + " has length " + node.length() + " and null count " + node.nullCount());
            }
            nodes.add(new ArrowFieldNode(node.length(), node.nullCount()));
        }
        return nodes;
    }

    private static List<Integer> viewBufferCounts(RecordBatch batch) {
        List<Integer> counts = new ArrayList<>(batch.variadicBufferCountsLength());
        for (int i = 0; i < batch.variadicBufferCountsLength(); i++) {
            long count = batch.variadicBufferCounts(i);
            if (count < 0 || count > batch.buffersLength()) {
                throw new DamagedException("a field of views is said to have " + count + " buffers");
            }
            counts.add((int) count);
        }
        return counts;
    }

    private static ArrowBuf slice(ArrowBuf whole, FileMessage message, Buffer buffer) {
        long bodyLength = message.message().bodyLength();
        boolean inside = buffer.offset() >= 0
                && buffer.length() >= 0
                && Math.addExact(buffer.offset(), buffer.length()) <= bodyLength;
        if (!inside || buffer.offset() % Long.BYTES != 0) {
            throw new DamagedException("a buffer is said to be at " + buffer.offset() + " with " + buffer.length()
                    + " bytes of a body of " + bodyLength);
        }
        return whole.slice(message.bodyOffset() + buffer.offset(), buffer.length());
    }
}
