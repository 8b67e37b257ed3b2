package io.arrowshm.load.internal.table;

import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;

/** Copies a batch of a table into a segment of its own. Stateless. */
final class TableWriter {
    private static final long ALIGNMENT = 64;

    private TableWriter() {}

    static Segment copy(SharedMemoryPool pool, VectorSchemaRoot batch) {
        try (ArrowRecordBatch from = new VectorUnloader(batch).getRecordBatch()) {
            long bytes = 0;
            for (ArrowBuf buffer : from.getBuffers()) {
                // A validity that was left out is made.
                bytes += aligned(Math.max(buffer.readableBytes(), batch.getRowCount() / Byte.SIZE + 1));
            }
            try (SegmentWriter writer = pool.newSegment(batch.getSchema(), bytes)) {
                load(writer, from);
                writer.root().setRowCount(batch.getRowCount());
                return writer.seal();
            }
        }
    }

    private static void load(SegmentWriter writer, ArrowRecordBatch from) {
        List<ArrowBuf> copies = new ArrayList<>();
        try {
            for (ArrowBuf buffer : from.getBuffers()) {
                long length = buffer.readableBytes();
                ArrowBuf copy = writer.allocator().buffer(length);
                copies.add(copy);
                copy.setBytes(0, buffer, buffer.readerIndex(), length);
                copy.writerIndex(length);
            }
            try (ArrowRecordBatch to = new ArrowRecordBatch(
                    from.getLength(),
                    from.getNodes(),
                    copies,
                    from.getBodyCompression(),
                    from.getVariadicBufferCounts(),
                    false)) {
                new VectorLoader(writer.root()).load(to);
            }
        } finally {
            copies.forEach(ArrowBuf::close);
        }
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
