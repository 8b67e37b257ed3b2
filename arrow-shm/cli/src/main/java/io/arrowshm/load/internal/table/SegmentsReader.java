package io.arrowshm.load.internal.table;

import io.arrowshm.Segment;
import java.io.IOException;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Schema;

/** All batches of tables one behind the other, in place. */
final class SegmentsReader extends ArrowReader {
    private final List<Segment> tables;
    private final LongConsumer moved;
    private int table;
    private int batch;
    private long bytesRead;

    SegmentsReader(BufferAllocator allocator, List<Segment> tables, LongConsumer moved) {
        super(allocator);
        this.tables = tables;
        this.moved = moved;
    }

    @Override
    public boolean loadNextBatch() throws IOException {
        prepareLoadNextBatch();
        while (table < tables.size() && batch == tables.get(table).batchCount()) {
            moved.accept(tables.get(table).length());
            table++;
            batch = 0;
        }
        if (table == tables.size()) {
            return false;
        }
        VectorSchemaRoot root = tables.get(table).root(batch++);
        ArrowRecordBatch loaded = new VectorUnloader(root).getRecordBatch();
        bytesRead += loaded.computeBodyLength();
        loadRecordBatch(loaded);
        return true;
    }

    @Override
    public Dictionary lookup(long id) {
        return tables.get(0).dictionaries().lookup(id);
    }

    @Override
    public long bytesRead() {
        return bytesRead;
    }

    @Override
    protected void closeReadSource() {}

    @Override
    protected Schema readSchema() {
        return tables.get(0).schema();
    }
}
