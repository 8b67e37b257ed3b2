package io.arrowshm.internal.arrow;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;

/**
 * What a record batch message says of the data: depth first, a (length, null count) pair for every field and an (offset,
 * length) pair in bytes for every buffer of the body. Grows as fields are added; one thread.
 */
final class RecordBatchMetadata {
    // Reused: making one anew for every segment takes longer than filling it.
    private static final ThreadLocal<FlatBufferBuilder> BUILDER = ThreadLocal.withInitial(FlatBufferBuilder::new);

    private final long rows;
    private long[] nodes = new long[16];
    private long[] buffers = new long[32];
    private int nodeCount;
    private int bufferCount;

    RecordBatchMetadata(long rows) {
        this.rows = rows;
    }

    static RecordBatchMetadata largest(int nodes, int buffers) {
        RecordBatchMetadata metadata = new RecordBatchMetadata(-1);
        for (int i = 0; i < nodes; i++) {
            metadata.addNode(-1, -1);
        }
        for (int i = 0; i < buffers; i++) {
            metadata.addBuffer(-1, -1);
        }
        return metadata;
    }

    void addNode(long length, long nullCount) {
        if (2 * nodeCount == nodes.length) {
            nodes = Arrays.copyOf(nodes, 2 * nodes.length);
        }
        nodes[2 * nodeCount] = length;
        nodes[2 * nodeCount + 1] = nullCount;
        nodeCount++;
    }

    void addBuffer(long offset, long length) {
        if (2 * bufferCount == buffers.length) {
            buffers = Arrays.copyOf(buffers, 2 * buffers.length);
        }
        buffers[2 * bufferCount] = offset;
        buffers[2 * bufferCount + 1] = length;
        bufferCount++;
    }

    /** The message; good until this thread asks for another one. */
    ByteBuffer message(long bodyBytes) {
        return message(bodyBytes, List.of());
    }

    /** The message of a batch with fields of views; good until this thread asks for another one. */
    ByteBuffer message(long bodyBytes, List<Integer> viewBufferCounts) {
        FlatBufferBuilder builder = BUILDER.get();
        builder.clear();
        int batch = batch(builder, viewBufferCounts);
        return MessageSerializer.serializeMessage(
                builder, MessageHeader.RecordBatch, batch, bodyBytes, IpcOption.DEFAULT);
    }

    /** The message of a dictionary; good until this thread asks for another one. */
    ByteBuffer dictionaryMessage(long id, long bodyBytes, List<Integer> viewBufferCounts) {
        FlatBufferBuilder builder = BUILDER.get();
        builder.clear();
        int batch = batch(builder, viewBufferCounts);
        int dictionary = DictionaryBatch.createDictionaryBatch(builder, id, batch, false);
        return MessageSerializer.serializeMessage(
                builder, MessageHeader.DictionaryBatch, dictionary, bodyBytes, IpcOption.DEFAULT);
    }

    private int batch(FlatBufferBuilder builder, List<Integer> viewBufferCounts) {
        RecordBatch.startNodesVector(builder, nodeCount);
        for (int i = nodeCount - 1; i >= 0; i--) {
            FieldNode.createFieldNode(builder, nodes[2 * i], nodes[2 * i + 1]);
        }
        int nodesOffset = builder.endVector();
        RecordBatch.startBuffersVector(builder, bufferCount);
        for (int i = bufferCount - 1; i >= 0; i--) {
            Buffer.createBuffer(builder, buffers[2 * i], buffers[2 * i + 1]);
        }
        int buffersOffset = builder.endVector();
        int countsOffset = viewBufferCounts.isEmpty()
                ? 0
                : RecordBatch.createVariadicBufferCountsVector(
                        builder,
                        viewBufferCounts.stream().mapToLong(count -> count).toArray());
        return RecordBatch.createRecordBatch(builder, rows, nodesOffset, buffersOffset, 0, countsOffset);
    }
}
