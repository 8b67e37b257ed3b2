package io.arrowshm.internal.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.DenseUnionVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.complex.UnionVector;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Segments of every type, three levels deep, in which there is nothing or next to nothing. */
public final class EmptyVectors {
    private static final int ROWS = 3;
    private static final int COLUMNS = 200;
    private static final int[] TYPE_IDS = {5};
    /** Where everything beyond these would only be more of the same. */
    private static final List<ArrowType> DEEPEST = List.of(
            new ArrowType.Null(), new ArrowType.Int(32, true), new ArrowType.Utf8(), new ArrowType.LargeBinary());

    private EmptyVectors() {}

    /** How much there is. */
    public enum Filling {
        /** Nothing but a row count of 0. */
        NO_ROWS(0),
        /** Rows of which nobody ever set anything. */
        ROW_COUNT_ALONE(ROWS),
        /** Rows that are there, and have no elements. */
        ROWS_WITHOUT_CHILDREN(ROWS);

        private final int rows;

        Filling(int rows) {
            this.rows = rows;
        }
    }

    /**
     * Every nesting that Arrow Java has vectors for; several, since unions take the room of thousands of rows. First those
     * that polars has, too.
     */
    public static List<Schema> schemas() {
        List<Field> fields = new ArrayList<>();
        for (ArrowType leaf : leaves()) {
            Field field = Field.nullable("v", leaf);
            fields.add(field);
            List<Field> twice = around(field).flatMap(inner -> around(inner)).toList();
            around(field).forEach(fields::add);
            fields.addAll(twice);
            if (DEEPEST.contains(leaf)) {
                twice.stream().flatMap(EmptyVectors::around).forEach(fields::add);
            }
        }
        List<Schema> schemas = new ArrayList<>();
        for (boolean isInPolars : new boolean[] {true, false}) {
            List<Field> alike = fields.stream()
                    .filter(field -> isInPolars(field) == isInPolars)
                    .toList();
            for (int first = 0; first < alike.size(); first += COLUMNS) {
                List<Field> named = new ArrayList<>();
                for (Field field : alike.subList(first, Math.min(first + COLUMNS, alike.size()))) {
                    named.add(new Field("c" + named.size(), field.getFieldType(), field.getChildren()));
                }
                schemas.add(new Schema(named));
            }
        }
        return schemas;
    }

    /** pyarrow has no arrays of years and months. */
    private static List<ArrowType> leaves() {
        return RandomBatch.LEAVES.stream()
                .map(leaf ->
                        leaf instanceof ArrowType.Interval ? new ArrowType.Interval(IntervalUnit.MONTH_DAY_NANO) : leaf)
                .toList();
    }

    /** Whether polars has such columns: it refuses a file for one that it does not have. */
    private static boolean isInPolars(Field field) {
        boolean hasType = !(field.getType() instanceof ArrowType.Union)
                && !(field.getType() instanceof ArrowType.Interval)
                && !(field.getType() instanceof ArrowType.Time time && time.getBitWidth() == 32)
                && !(field.getType() instanceof ArrowType.Decimal decimal && decimal.getBitWidth() == 256);
        return hasType && field.getChildren().stream().allMatch(EmptyVectors::isInPolars);
    }

    /** Whether polars has all columns of the schema. */
    public static boolean isInPolars(Schema schema) {
        return schema.getFields().stream().allMatch(EmptyVectors::isInPolars);
    }

    /** The file that a segment of the schema is then. */
    public static byte[] write(Schema schema, Filling filling) {
        return Bytes.write(schema, 1 << 24, writer -> fill(writer.root(), filling));
    }

    private static void fill(VectorSchemaRoot root, Filling filling) {
        // By default each would take room for thousands.
        root.getFieldVectors().forEach(vector -> vector.setInitialCapacity(filling.rows));
        root.setRowCount(filling.rows);
        if (filling.rows > 0) {
            root.getFieldVectors().forEach(vector -> fill(vector, filling));
        }
    }

    /** A union without a type id for each row is none; all else is valid as it is. */
    private static void fill(FieldVector vector, Filling filling) {
        int rows = vector.getValueCount();
        for (int row = 0; row < rows; row++) {
            if (vector instanceof UnionVector union) {
                union.getTypeBuffer().setByte(row, TYPE_IDS[0]);
            } else if (vector instanceof DenseUnionVector union) {
                union.getTypeBuffer().setByte(row, TYPE_IDS[0]);
                union.getOffsetBuffer().setInt((long) row * Integer.BYTES, row);
            } else if (filling == Filling.ROWS_WITHOUT_CHILDREN) {
                setEmpty(vector, row);
            }
        }
        if (vector instanceof DenseUnionVector union) {
            union.getChildrenFromFields().forEach(child -> child.setValueCount(rows));
        }
        vector.getChildrenFromFields().forEach(child -> fill(child, filling));
    }

    private static void setEmpty(FieldVector vector, int row) {
        if (vector instanceof ListVector list) {
            list.startNewValue(row);
            list.endValue(row, 0);
        } else if (vector instanceof LargeListVector list) {
            list.startNewValue(row);
            list.endValue(row, 0);
        } else if (vector instanceof FixedSizeListVector list) {
            list.setNotNull(row);
        } else if (vector instanceof StructVector struct) {
            struct.setIndexDefined(row);
        }
    }

    private static Stream<Field> around(Field child) {
        Field key = new Field("key", FieldType.notNullable(new ArrowType.Utf8()), List.of());
        Field entries = new Field("entries", FieldType.notNullable(new ArrowType.Struct()), List.of(key, child));
        return Stream.of(
                        nested(new ArrowType.List(), child),
                        nested(new ArrowType.LargeList(), child),
                        nested(new ArrowType.FixedSizeList(2), child),
                        nested(new ArrowType.Struct(), child),
                        nested(new ArrowType.Map(false), entries),
                        union(UnionMode.Sparse, child),
                        union(UnionMode.Dense, child))
                .filter(EmptyVectors::isWritable);
    }

    private static Field nested(ArrowType type, Field child) {
        return new Field("v", FieldType.nullable(type), List.of(child));
    }

    private static Field union(UnionMode mode, Field child) {
        return new Field("v", FieldType.notNullable(new ArrowType.Union(mode, TYPE_IDS)), List.of(child));
    }

    private static boolean isWritable(Field field) {
        try {
            SupportedTypes.checkWritable(new Schema(List.of(field)));
            return true;
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).isEqualTo(Kind.ARGUMENT);
            return false;
        }
    }
}
