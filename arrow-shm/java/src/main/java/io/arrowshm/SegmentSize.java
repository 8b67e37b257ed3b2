package io.arrowshm;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.arrow.ArrowMemory;
import java.io.Serializable;
import java.util.List;
import org.apache.arrow.vector.BufferLayout;
import org.apache.arrow.vector.BufferLayout.BufferType;
import org.apache.arrow.vector.DensityAwareVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * How much room a segment of so many rows needs. The vectors of a writer of that size allocate just
 * that much with {@code allocateNew()}. Immutable.
 *
 * <pre>{@code
 * SegmentWriter writer = pool.newSegment(schema, SegmentSize.of(schema, 1000));
 * }</pre>
 */
public final class SegmentSize implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int FIXED_WIDTHS_ONLY = -1;

    private final int rows;
    private final int bytesPerValue;
    private final long bodyBytes;

    private SegmentSize(Schema schema, int rows, int bytesPerValue) {
        this.rows = rows;
        this.bytesPerValue = bytesPerValue;
        bodyBytes = schema.getFields().stream()
                .mapToLong(field -> bytes(field, rows))
                .reduce(0, SegmentSize::add);
    }

    /**
     * Room for the rows of a schema whose columns all have values of one width.
     *
     * @throws SharedMemoryException ARGUMENT if a column has strings, binary values, lists or unions; if the number of rows is
     *     negative, or more than any memory holds
     */
    public static SegmentSize of(Schema schema, int rows) {
        check(rows >= 0, "rows=" + rows + ", allowed 0 and above");
        return new SegmentSize(schema, rows, FIXED_WIDTHS_ONLY);
    }

    /**
     * Room for the rows of a schema that has columns of strings, binary values or lists of values of one width.
     *
     * @param bytesPerValue bytes that one value of such a column takes on average: a string, or all elements of a list
     * @throws SharedMemoryException ARGUMENT if a column has lists of anything else or unions; if a number is negative, or more than
     *     any memory holds
     */
    public static SegmentSize of(Schema schema, int rows, int bytesPerValue) {
        check(rows >= 0, "rows=" + rows + ", allowed 0 and above");
        check(bytesPerValue >= 0, "bytes per value=" + bytesPerValue + ", allowed 0 and above");
        return new SegmentSize(schema, rows, bytesPerValue);
    }

    /** Bytes that all buffers of the batch take together, each rounded up to 64. */
    public long bodyBytes() {
        return bodyBytes;
    }

    /** Has the vectors of an unallocated batch allocate just what this size has room for. */
    void prepare(VectorSchemaRoot batch) {
        batch.getFieldVectors().forEach(vector -> prepare(vector, rows));
    }

    private void prepare(FieldVector vector, int values) {
        Field field = vector.getField();
        if (has(field, BufferType.OFFSET)) {
            ((DensityAwareVector) vector)
                    .setInitialCapacity(values, isList(field) ? elementsPerValue(field) : bytesPerValue);
        } else {
            vector.setInitialCapacity(values);
            int children = (int) childValues(field, values);
            vector.getChildrenFromFields().forEach(child -> prepare(child, children));
        }
    }

    private long bytes(Field field, long values) {
        check(values <= Integer.MAX_VALUE, values + " values of " + field + ", allowed " + Integer.MAX_VALUE);
        checkCountable(!has(field, BufferType.TYPE), field);
        long bytes = 0;
        for (BufferLayout buffer : buffers(field)) {
            bytes = add(bytes, ArrowMemory.align(bytes(field, buffer, values)));
        }
        long children = childValues(field, values);
        for (Field child : field.getChildren()) {
            bytes = add(bytes, bytes(child, children));
        }
        return bytes;
    }

    private long bytes(Field field, BufferLayout buffer, long values) {
        if (buffer.getType() == BufferType.DATA && has(field, BufferType.OFFSET)) {
            // Arrow allocates room for one byte at least, and for one element of lists.
            return Math.max(1, values * checkedBytesPerValue(field));
        }
        // No product overflows: there are fewer than 2^31 values, and the width is an int.
        long entries = buffer.getType() == BufferType.OFFSET ? values + 1 : values;
        return (entries * buffer.getTypeBitWidth() + Byte.SIZE - 1) / Byte.SIZE;
    }

    private long childValues(Field field, long values) {
        if (isList(field)) {
            return Math.max(1, (long) (values * elementsPerValue(field)));
        }
        return storage(field) instanceof ArrowType.FixedSizeList list ? values * list.getListSize() : values;
    }

    private double elementsPerValue(Field list) {
        return (double) checkedBytesPerValue(list) * Byte.SIZE / elementBits(list);
    }

    private int checkedBytesPerValue(Field field) {
        check(
                bytesPerValue != FIXED_WIDTHS_ONLY,
                "the values of " + field + " differ in width: say how many bytes one takes on average, with"
                        + " SegmentSize.of(schema, rows, bytesPerValue)");
        return bytesPerValue;
    }

    private static int elementBits(Field list) {
        Field element = list.getChildren().get(0);
        checkCountable(!has(element, BufferType.OFFSET) && has(element, BufferType.DATA), list);
        return buffers(element).stream()
                .filter(buffer -> buffer.getType() == BufferType.DATA)
                .mapToInt(BufferLayout::getTypeBitWidth)
                .sum();
    }

    /** Of lists and maps, whose offsets say which elements of their child a value has. */
    private static boolean isList(Field field) {
        return has(field, BufferType.OFFSET) && !has(field, BufferType.DATA);
    }

    private static boolean has(Field field, BufferType type) {
        return buffers(field).stream().anyMatch(buffer -> buffer.getType() == type);
    }

    private static List<BufferLayout> buffers(Field field) {
        return TypeLayout.getTypeLayout(storage(field)).getBufferLayouts();
    }

    private static ArrowType storage(Field field) {
        ArrowType type = field.getType();
        while (type instanceof ArrowType.ExtensionType extension) {
            type = extension.storageType();
        }
        return type;
    }

    private static long add(long bytes, long more) {
        // Beyond what any segment may have, and far from an overflow.
        return Math.min(bytes + more, Long.MAX_VALUE / 4);
    }

    private static void checkCountable(boolean condition, Field field) {
        check(
                condition,
                "how much " + field + " takes depends on its values: count the bytes of its buffers yourself, each"
                        + " rounded up to 64, and call newSegment(schema, bodyBytes)");
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new SharedMemoryException(Kind.ARGUMENT, message);
        }
    }
}
