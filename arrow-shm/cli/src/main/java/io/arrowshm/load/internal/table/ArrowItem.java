package io.arrowshm.load.internal.table;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.load.file.Selection;
import io.arrowshm.load.internal.Item;
import io.arrowshm.load.internal.OpenFile;
import io.arrowshm.load.internal.SingleItemFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** An Arrow file or stream, Feather, also compressed, which become one segment with all batches; or an Arrow tensor. */
public final class ArrowItem implements Item {
    private final String path;
    private final Path file;
    private final long bytes;
    private final Selection selection;

    private ArrowItem(String path, Path file, long bytes, Selection selection) {
        this.path = path;
        this.file = file;
        this.bytes = bytes;
        this.selection = selection;
    }

    public static OpenFile open(Path file, String name) throws IOException {
        Selection all = new Selection(name, List.of(), List.of());
        return new SingleItemFile(new ArrowItem(name, file, Files.size(file), all), () -> {});
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
        return "Arrow file of " + bytes + " bytes";
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public Item select(Selection part) {
        return new ArrowItem(path, file, bytes, part);
    }

    @Override
    public Map<String, Segment> load(SharedMemoryPool pool, LongConsumer moved) {
        Segment whole = pool.copy(file, moved);
        if (selection.isWhole()) {
            return Map.of("", whole);
        }
        List<Segment> parts = new ArrayList<>();
        boolean selected = false;
        try (whole) {
            select(pool, whole, parts);
            selected = true;
            return Parts.of(parts);
        } finally {
            if (!selected) {
                parts.forEach(Segment::close);
            }
        }
    }

    private void select(SharedMemoryPool pool, Segment whole, List<Segment> parts) {
        if (whole.isArray() || selection.ranges().size() > 1) {
            throw new IllegalArgumentException(
                    "of %s, a table, rows and columns can be selected, as in %s[0:10, column]".formatted(path, path));
        }
        long rows = 0;
        for (int batch = 0; batch < whole.batchCount(); batch++) {
            rows += whole.root(batch).getRowCount();
        }
        Selection.Range range = selection.of(0, rows);
        long before = 0;
        for (int batch = 0; batch < whole.batchCount(); batch++) {
            VectorSchemaRoot root = whole.root(batch);
            long from = Math.max(range.start(), before) - before;
            long to = Math.min(range.stop(), before + root.getRowCount()) - before;
            before += root.getRowCount();
            if (from < to) {
                try (VectorSchemaRoot part = columns(root).slice((int) from, (int) (to - from))) {
                    parts.add(TableWriter.copy(pool, part));
                }
            }
        }
    }

    private VectorSchemaRoot columns(VectorSchemaRoot root) {
        if (selection.columns().isEmpty()) {
            return root;
        }
        List<Field> fields = new ArrayList<>();
        List<FieldVector> vectors = new ArrayList<>();
        for (String column : selection.columns()) {
            FieldVector vector = root.getVector(column);
            if (vector == null) {
                throw new IllegalArgumentException("%s has no column %s, its columns are %s"
                        .formatted(
                                path,
                                column,
                                root.getSchema().getFields().stream()
                                        .map(Field::getName)
                                        .toList()));
            }
            fields.add(vector.getField());
            vectors.add(vector);
        }
        return new VectorSchemaRoot(new Schema(fields), vectors, root.getRowCount());
    }
}
