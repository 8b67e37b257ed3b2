package io.arrowshm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.error.SharedMemoryException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentSizeTest {
    private static final Field INT64 = Field.nullable("number", new ArrowType.Int(64, true));
    private static final Field BOOL = Field.nullable("flag", ArrowType.Bool.INSTANCE);
    private static final Field UTF8 = Field.nullable("text", ArrowType.Utf8.INSTANCE);
    private static final int BYTES_PER_VALUE = 24;

    @Test
    void everyBufferIsRoundedUpTo64Bytes() {
        assertThat(SegmentSize.of(schema(INT64), 1000).bodyBytes()).isEqualTo(128 + 8000);
        assertThat(SegmentSize.of(schema(INT64, BOOL), 1).bodyBytes()).isEqualTo(4 * 64);
        assertThat(SegmentSize.of(schema(INT64), 0).bodyBytes()).isZero();
        assertThat(SegmentSize.of(schema(UTF8), 100, BYTES_PER_VALUE).bodyBytes())
                .isEqualTo(64 + 448 + 2432);
        assertThat(SegmentSize.of(schema(list(INT64)), 100, BYTES_PER_VALUE).bodyBytes())
                .isEqualTo(64 + 448 + (64 + 2432));
        assertThat(SegmentSize.of(schema(fixedSizeList(3, INT64)), 100).bodyBytes())
                .isEqualTo(64 + (64 + 2432));
    }

    @ParameterizedTest
    @MethodSource("fields")
    void aWriterHasRoomForAsManyRowsAsItsSizeSays(Field field) {
        Schema schema = schema(INT64, field);
        for (int rows : new int[] {0, 1, 7, 64, 1000, 4097}) {
            for (int bytesPerValue : new int[] {0, 1, BYTES_PER_VALUE}) {
                try (SegmentWriter writer =
                        SegmentWriter.inPrivateMemory(schema, SegmentSize.of(schema, rows, bytesPerValue))) {
                    writer.root().allocateNew();
                    writer.root().setRowCount(rows);
                    try (Segment segment = writer.seal()) {
                        assertThat(segment.root().getRowCount()).isEqualTo(rows);
                    }
                }
            }
        }
    }

    @Test
    void textsOfThatManyBytesFillTheSegment() {
        Schema schema = schema(INT64, UTF8);
        int rows = 1000;
        try (SegmentWriter writer =
                SegmentWriter.inPrivateMemory(schema, SegmentSize.of(schema, rows, BYTES_PER_VALUE))) {
            writer.root().allocateNew();
            BigIntVector numbers = (BigIntVector) writer.root().getVector(0);
            VarCharVector texts = (VarCharVector) writer.root().getVector(1);
            for (int row = 0; row < rows; row++) {
                numbers.setSafe(row, row);
                texts.setSafe(row, new byte[BYTES_PER_VALUE]);
            }
            writer.root().setRowCount(rows);
            try (Segment segment = writer.seal()) {
                assertThat(((BigIntVector) segment.root().getVector(0)).get(rows - 1))
                        .isEqualTo(rows - 1);
            }
        }
    }

    @Test
    void columnsWhoseValuesDifferInWidthNeedBytesPerValue() {
        assertThatThrownBy(() -> SegmentSize.of(schema(INT64, UTF8), 10))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("text")
                .hasMessageContaining("SegmentSize.of(schema, rows, bytesPerValue)");
    }

    @Test
    void whatNoAverageSaysIsToBeCountedByTheCaller() {
        Field union = new Field(
                "union",
                FieldType.notNullable(new ArrowType.Union(UnionMode.Dense, new int[] {0, 1})),
                List.of(INT64, UTF8));
        for (Field field : List.of(list(UTF8), list(fixedSizeList(2, INT64)), union)) {
            assertThatThrownBy(() -> SegmentSize.of(schema(field), 10, 8))
                    .isInstanceOf(SharedMemoryException.class)
                    .hasMessageContaining("newSegment(schema, bodyBytes)");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE})
    void negativeNumbersAreRefused(int negative) {
        assertThatThrownBy(() -> SegmentSize.of(schema(INT64), negative))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessage("rows=" + negative + ", allowed 0 and above");
        assertThatThrownBy(() -> SegmentSize.of(schema(UTF8), 1, negative))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessage("bytes per value=" + negative + ", allowed 0 and above");
    }

    @Test
    void moreThanAnyMemoryHoldsIsRefused() {
        assertThatThrownBy(() -> SegmentSize.of(schema(fixedSizeList(1 << 20, INT64)), 1 << 20))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("allowed " + Integer.MAX_VALUE);
    }

    static Stream<Field> fields() {
        return Stream.of(
                INT64,
                BOOL,
                UTF8,
                Field.nullable("null", ArrowType.Null.INSTANCE),
                Field.notNullable("double", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)),
                Field.nullable("date", new ArrowType.Date(DateUnit.DAY)),
                Field.nullable("decimal", new ArrowType.Decimal(30, 3, 128)),
                Field.nullable("fixed", new ArrowType.FixedSizeBinary(5)),
                Field.nullable("large text", ArrowType.LargeUtf8.INSTANCE),
                list(INT64),
                list(BOOL),
                new Field("large list", FieldType.nullable(ArrowType.LargeList.INSTANCE), List.of(INT64)),
                fixedSizeList(3, INT64),
                fixedSizeList(0, INT64),
                fixedSizeList(2, UTF8),
                new Field("struct", FieldType.nullable(ArrowType.Struct.INSTANCE), List.of(INT64, UTF8, list(BOOL))));
    }

    private static Schema schema(Field... fields) {
        return new Schema(List.of(fields));
    }

    private static Field list(Field element) {
        return new Field("list", FieldType.nullable(ArrowType.List.INSTANCE), List.of(element));
    }

    private static Field fixedSizeList(int size, Field element) {
        return new Field("fixed-size list", FieldType.nullable(new ArrowType.FixedSizeList(size)), List.of(element));
    }
}
