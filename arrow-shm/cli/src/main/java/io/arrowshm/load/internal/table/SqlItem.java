package io.arrowshm.load.internal.table;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.load.file.Selection;
import io.arrowshm.load.internal.Item;
import io.arrowshm.load.internal.OpenFile;
import io.arrowshm.load.internal.SingleItemFile;
import io.arrowshm.load.internal.UnsupportedContentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.duckdb.DuckDBPreparedStatement;
import org.duckdb.DuckDBResultSet;

/**
 * A table of Parquet, CSV or JSON, which DuckDB reads. It becomes one segment, or, if it has more rows than fit into one
 * batch, several in a group.
 */
public final class SqlItem implements Item {
    /** Of a batch: so many are in memory at a time, beside the segment. */
    private static final long MOST_ROWS = 1 << 20;

    private final DuckDb duckDb;
    private final String path;
    private final String source;
    private final Map<String, String> columns;
    private final long bytes;
    private final Selection selection;

    private SqlItem(
            DuckDb duckDb, String path, String source, Map<String, String> columns, long bytes, Selection selection) {
        this.duckDb = duckDb;
        this.path = path;
        this.source = source;
        this.columns = columns;
        this.bytes = bytes;
        this.selection = selection;
    }

    /**
     * Looks at the columns.
     *
     * @param function that reads such a file
     * @throws UnsupportedContentException if it cannot be read
     */
    public static OpenFile open(Path file, String name, String function, DuckDb duckDb) throws IOException {
        String source = function.formatted(DuckDb.file(file));
        return new SingleItemFile(of(name, source, Files.size(file), duckDb), () -> {});
    }

    /**
     * Looks at the columns of what a SELECT gives.
     *
     * @throws UnsupportedContentException if it gives nothing
     */
    public static SqlItem ofQuery(String name, String query, DuckDb duckDb) {
        return of(name, "(" + query + ")", 0, duckDb);
    }

    private static SqlItem of(String name, String source, long bytes, DuckDb duckDb) {
        Map<String, String> columns = new LinkedHashMap<>();
        try (Statement statement = duckDb.connection().createStatement();
                ResultSet described = statement.executeQuery("DESCRIBE SELECT * FROM " + source)) {
            while (described.next()) {
                columns.put(described.getString(1), described.getString(2));
            }
        } catch (SQLException e) {
            throw duckDb.failure(e);
        }
        return new SqlItem(duckDb, name, source, columns, bytes, new Selection(name, List.of(), List.of()));
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public Object identity() {
        return selection;
    }

    @Override
    public Map<String, Object> attributes() {
        return Map.of();
    }

    @Override
    public String description() {
        return columns.entrySet().stream()
                .map(column -> column.getKey() + " " + column.getValue())
                .collect(Collectors.joining(", "));
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public Item select(Selection part) {
        if (part.ranges().size() > 1) {
            throw new IllegalArgumentException(
                    "of %s, a table, rows and columns can be selected, as in %s[0:10, column]".formatted(path, path));
        }
        Map<String, String> selected = new LinkedHashMap<>(columns);
        if (!part.columns().isEmpty()) {
            if (!columns.keySet().containsAll(part.columns())) {
                throw new IllegalArgumentException(
                        "%s has the columns %s, not all of %s".formatted(path, columns.keySet(), part.columns()));
            }
            selected.keySet().retainAll(part.columns());
        }
        return new SqlItem(duckDb, path, source, selected, bytes, part);
    }

    private String query() {
        String wanted = selection.columns().isEmpty()
                ? "*"
                : selection.columns().stream().map(DuckDb::name).collect(Collectors.joining(", "));
        String query = "SELECT " + wanted + " FROM " + source;
        if (selection.ranges().isEmpty()) {
            return query;
        }
        Selection.Range rows = selection.ranges().get(0);
        String limit = rows.stop() == Long.MAX_VALUE ? "" : " LIMIT " + (rows.stop() - rows.start());
        return query + limit + " OFFSET " + rows.start();
    }

    /** Bytes of the file that are read, as DuckDB estimates it; none once it has all. */
    private long done(Statement statement) throws SQLException {
        double percentage = statement
                .unwrap(DuckDBPreparedStatement.class)
                .getQueryProgress()
                .getPercentage();
        return Math.min(bytes, (long) (bytes * Math.max(0, percentage) / 100));
    }

    @Override
    public Map<String, Segment> load(SharedMemoryPool pool, LongConsumer moved) {
        List<Segment> segments = new ArrayList<>();
        boolean loaded = false;
        try (BufferAllocator allocator = new RootAllocator();
                Statement statement = duckDb.connection().createStatement();
                ResultSet result = statement.executeQuery(query());
                ArrowReader reader =
                        (ArrowReader) result.unwrap(DuckDBResultSet.class).arrowExportStream(allocator, MOST_ROWS)) {
            VectorSchemaRoot batch = reader.getVectorSchemaRoot();
            long told = 0;
            while (reader.loadNextBatch()) {
                segments.add(TableWriter.copy(pool, batch));
                long done = done(statement);
                moved.accept(Math.max(0, done - told));
                told = Math.max(told, done);
            }
            if (segments.isEmpty()) {
                batch.setRowCount(0);
                segments.add(TableWriter.copy(pool, batch));
            }
            moved.accept(bytes - told);
            loaded = true;
            return Parts.of(segments);
        } catch (SQLException e) {
            throw duckDb.failure(e);
        } catch (IOException e) {
            throw new UnsupportedContentException(String.valueOf(e.getMessage()));
        } finally {
            if (!loaded) {
                segments.forEach(Segment::close);
            }
        }
    }
}
