package io.arrowshm.internal.arrow;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BitVectorHelper;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.DenseUnionVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.complex.UnionVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Schemas of all supported types, nested, and values for them, from a random source. */
final class RandomBatch {
    static final List<ArrowType> LEAVES = List.of(
            new ArrowType.Null(),
            new ArrowType.Bool(),
            new ArrowType.Int(8, true),
            new ArrowType.Int(16, false),
            new ArrowType.Int(32, true),
            new ArrowType.Int(64, true),
            new ArrowType.FloatingPoint(FloatingPointPrecision.HALF),
            new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE),
            new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE),
            new ArrowType.Decimal(30, 3, 128),
            new ArrowType.Decimal(60, 3, 256),
            new ArrowType.Date(DateUnit.DAY),
            new ArrowType.Time(TimeUnit.MILLISECOND, 32),
            new ArrowType.Time(TimeUnit.NANOSECOND, 64),
            new ArrowType.Timestamp(TimeUnit.MICROSECOND, "UTC"),
            new ArrowType.Timestamp(TimeUnit.NANOSECOND, null),
            new ArrowType.Interval(IntervalUnit.YEAR_MONTH),
            new ArrowType.Duration(TimeUnit.SECOND),
            new ArrowType.FixedSizeBinary(5),
            new ArrowType.Binary(),
            new ArrowType.Utf8(),
            new ArrowType.LargeBinary(),
            new ArrowType.LargeUtf8());

    private final Random random;

    RandomBatch(Random random) {
        this.random = random;
    }

    Schema schema() {
        return new Schema(fields(1 + random.nextInt(6), 0), random.nextBoolean() ? null : Map.of("key", "value"));
    }

    void fill(VectorSchemaRoot root, int rows) {
        for (FieldVector vector : root.getFieldVectors()) {
            fill(vector, rows);
        }
        root.setRowCount(rows);
    }

    private List<Field> fields(int count, int depth) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fields.add(field("f" + i, depth));
        }
        return fields;
    }

    private Field field(String name, int depth) {
        int kind = depth == 3 ? 11 : random.nextInt(12);
        return switch (kind) {
            case 0 -> new Field(name, FieldType.nullable(new ArrowType.List()), fields(1, depth + 1));
            case 1 -> new Field(name, FieldType.nullable(new ArrowType.LargeList()), fields(1, depth + 1));
            case 2 ->
                // Not of unions: of them Arrow Java makes no fixed-size lists.
                new Field(
                        name,
                        FieldType.nullable(new ArrowType.FixedSizeList(random.nextInt(4))),
                        List.of(Field.nullable("item", LEAVES.get(random.nextInt(LEAVES.size())))));
            case 3 -> new Field(name, FieldType.nullable(new ArrowType.Struct()), fields(random.nextInt(3), depth + 1));
            case 4 -> union(name, UnionMode.Dense, fields(2, depth + 1));
            case 5 ->
                union(
                        name,
                        UnionMode.Sparse,
                        List.of(
                                Field.nullable("i", new ArrowType.Int(64, true)),
                                Field.nullable("t", new ArrowType.Utf8()),
                                Field.nullable("n", new ArrowType.Null())));
            default -> Field.nullable(name, LEAVES.get(random.nextInt(LEAVES.size())));
        };
    }

    private static Field union(String name, UnionMode mode, List<Field> children) {
        int[] typeIds =
                IntStream.range(0, children.size()).map(child -> 3 * child + 1).toArray();
        return new Field(name, FieldType.notNullable(new ArrowType.Union(mode, typeIds)), children);
    }

    private void fill(FieldVector vector, int rows) {
        vector.setInitialCapacity(rows);
        vector.allocateNew();
        if (vector instanceof BaseFixedWidthVector fixed) {
            fixed.allocateNew(rows);
            for (long i = 0; i < fixed.getDataBuffer().capacity(); i++) {
                // Small digits, so that decimals stay within their precision.
                fixed.getDataBuffer().setByte(i, i % 16 == 0 ? random.nextInt(100) : 0);
            }
            for (int i = 0; i < rows; i++) {
                BitVectorHelper.setValidityBit(fixed.getValidityBuffer(), i, valid());
            }
        } else if (vector instanceof BaseVariableWidthVector variable) {
            for (int i = 0; i < rows; i++) {
                if (valid() == 1) {
                    variable.setSafe(i, text());
                }
            }
        } else if (vector instanceof BaseLargeVariableWidthVector variable) {
            for (int i = 0; i < rows; i++) {
                if (valid() == 1) {
                    variable.setSafe(i, text());
                }
            }
        } else if (vector instanceof ListVector list) {
            int children = 0;
            for (int i = 0; i < rows; i++) {
                int length = valid() * random.nextInt(4);
                if (length > 0) {
                    list.startNewValue(i);
                    list.endValue(i, length);
                    children += length;
                }
            }
            fill(list.getDataVector(), children);
        } else if (vector instanceof LargeListVector list) {
            int children = 0;
            for (int i = 0; i < rows; i++) {
                int length = valid() * random.nextInt(4);
                if (length > 0) {
                    list.startNewValue(i);
                    list.endValue(i, length);
                    children += length;
                }
            }
            fill(list.getDataVector(), children);
        } else if (vector instanceof FixedSizeListVector list) {
            for (int i = 0; i < rows; i++) {
                if (valid() == 1) {
                    list.setNotNull(i);
                }
            }
            fill(list.getDataVector(), rows * list.getListSize());
        } else if (vector instanceof UnionVector union) {
            union.getChildrenFromFields().forEach(child -> fill(child, rows));
            fillTypeIds(union.getTypeBuffer(), 3, rows);
        } else if (vector instanceof DenseUnionVector union) {
            union.getChildrenFromFields().forEach(child -> fill(child, rows));
            fillTypeIds(union.getTypeBuffer(), 2, rows);
            int[] used = new int[Byte.MAX_VALUE];
            for (int i = 0; i < rows; i++) {
                union.getOffsetBuffer().setInt((long) i * Integer.BYTES, used[union.getTypeId(i)]++);
            }
        } else if (vector instanceof StructVector struct) {
            for (int i = 0; i < rows; i++) {
                if (valid() == 1) {
                    struct.setIndexDefined(i);
                }
            }
            struct.getChildrenFromFields().forEach(child -> fill(child, rows));
        }
        vector.setValueCount(rows);
    }

    private void fillTypeIds(ArrowBuf typeIds, int children, int rows) {
        for (int i = 0; i < rows; i++) {
            typeIds.setByte(i, 3 * random.nextInt(children) + 1);
        }
    }

    private int valid() {
        return random.nextInt(4) == 0 ? 0 : 1;
    }

    private byte[] text() {
        return "x".repeat(random.nextInt(20)).getBytes(StandardCharsets.UTF_8);
    }
}
