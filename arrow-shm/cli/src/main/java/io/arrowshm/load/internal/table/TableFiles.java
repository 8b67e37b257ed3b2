package io.arrowshm.load.internal.table;

import io.arrowshm.Segment;
import io.arrowshm.load.internal.UnsupportedContentException;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.arrow.c.ArrowArrayStream;
import org.apache.arrow.c.Data;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.duckdb.DuckDBConnection;

/** Writes tables: as Arrow, or as what DuckDB writes. Stateless. */
public final class TableFiles {
    private TableFiles() {}

    /** @param tables segments with the same columns, one behind the other */
    public static void writeArrow(List<Segment> tables, Path file, boolean isStream, LongConsumer moved)
            throws IOException {
        try (FileChannel out = FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
                ArrowReader reader = new SegmentsReader(allocator(tables), tables, moved)) {
            VectorSchemaRoot root = reader.getVectorSchemaRoot();
            reader.getDictionaryVectors();
            try (ArrowWriter writer = isStream
                    ? new ArrowStreamWriter(root, reader, Channels.newChannel(Channels.newOutputStream(out)))
                    : new ArrowFileWriter(root, reader, out)) {
                writer.start();
                while (reader.loadNextBatch()) {
                    writer.writeBatch();
                }
                writer.end();
            }
        }
    }

    /**
     * Writes by way of DuckDB.
     *
     * @param suffix of the format
     */
    public static void writeSql(List<Segment> tables, Path file, String suffix, LongConsumer moved) {
        BufferAllocator allocator = allocator(tables);
        String options = switch (suffix) {
            case "parquet" -> "FORMAT parquet, COMPRESSION zstd";
            case "csv" -> "FORMAT csv, HEADER true";
            default -> "FORMAT json, ARRAY false";
        };
        try (ArrowArrayStream stream = ArrowArrayStream.allocateNew(allocator);
                ArrowReader reader = new SegmentsReader(allocator, tables, moved);
                DuckDb duckDb = new DuckDb();
                Statement statement = duckDb.connection().createStatement()) {
            Data.exportArrayStream(allocator, reader, stream);
            duckDb.connection().unwrap(DuckDBConnection.class).registerArrowStream("exported", stream);
            statement.execute("COPY (SELECT * FROM exported) TO "
                    + DuckDb.text(file.toAbsolutePath().toString()) + " (" + options + ", USE_TMP_FILE false)");
        } catch (SQLException e) {
            throw new UnsupportedContentException(
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("SQL error"));
        } catch (IOException e) {
            throw new UnsupportedContentException(String.valueOf(e.getMessage()));
        }
    }

    /** That of the segments' vectors: buffers stay within one root. */
    private static BufferAllocator allocator(List<Segment> tables) {
        for (Segment table : tables) {
            if (table.batchCount() > 0 && !table.root(0).getFieldVectors().isEmpty()) {
                return table.root(0).getVector(0).getAllocator();
            }
        }
        return new RootAllocator();
    }
}
