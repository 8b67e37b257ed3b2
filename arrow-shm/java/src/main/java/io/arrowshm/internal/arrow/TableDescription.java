package io.arrowshm.internal.arrow;

import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.Schema;

/** What record batches hold, for people. Stateless. */
public final class TableDescription {
    private TableDescription() {}

    /** @param rows of all batches */
    public static String of(Schema schema, long rows) {
        return schema.getFields().stream()
                .map(field -> field.getName() + ": " + field.getType())
                .collect(Collectors.joining(", ", rows + " rows of ", ""));
    }
}
