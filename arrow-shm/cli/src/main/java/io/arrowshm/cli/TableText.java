package io.arrowshm.cli;

import io.arrowshm.Segment;
import io.arrowshm.console.Table;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;

/** The first rows of a table. Stateless. */
final class TableText {
    private static final int ROWS = 10;
    private static final int MOST_CHARACTERS = 40;

    private TableText() {}

    static String of(Segment segment) {
        Table table = new Table()
                .words(segment.schema().getFields().stream().map(Field::getName).toArray(String[]::new));
        int left = ROWS;
        for (int batch = 0; batch < segment.batchCount() && left > 0; batch++) {
            VectorSchemaRoot root = segment.root(batch);
            for (int row = 0; row < root.getRowCount() && left > 0; row++) {
                int shown = row;
                left--;
                table.row(root.getFieldVectors().stream()
                        .map(vector -> cell(vector, shown))
                        .toArray());
            }
        }
        return table.toString();
    }

    private static String cell(FieldVector vector, int row) {
        String text = String.valueOf(vector.getObject(row));
        return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "...";
    }
}
