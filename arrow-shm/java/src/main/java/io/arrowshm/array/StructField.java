package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A field of a structured type.
 *
 * @param name not empty
 * @param dtype of the field, or of the elements of its sub-array
 * @param shape of its sub-array, in C order; empty for a single element
 * @param offset bytes from the start of the structure
 */
public record StructField(String name, DType dtype, List<Long> shape, int offset) {
    public StructField {
        shape = List.copyOf(shape);
    }

    public static StructField at(int offset, String name, DType dtype) {
        return new StructField(name, dtype, List.of(), offset);
    }

    /** Bytes up to its end. */
    long end() {
        long bytes = dtype.itemSize();
        for (long length : shape) {
            if (length < 1) {
                throw refuse("field \"" + name + "\" has a sub-array of shape " + shape + ", allowed lengths from 1");
            }
            bytes = Math.multiplyExact(bytes, length);
        }
        return Math.addExact(offset, bytes);
    }

    /** Returns the item size. */
    static int checkAll(List<StructField> fields, long itemSize) {
        Set<String> names = new HashSet<>();
        long end = 0;
        for (StructField field : fields) {
            if (field.name.isEmpty() || !names.add(field.name)) {
                throw refuse("field name=\"" + field.name + "\", allowed different ones that are not empty");
            }
            Texts.check("a field name", field.name);
            if (field.offset < end || field.shape.size() > StridedLayout.MAX_DIMENSIONS) {
                throw refuse("field \"" + field.name + "\" is at offset " + field.offset + " with sub-array "
                        + field.shape + ", allowed from offset " + end + " on, and "
                        + StridedLayout.MAX_DIMENSIONS + " dimensions");
            }
            if (field.dtype.depth() >= DType.MAX_DEPTH) {
                throw refuse("field \"" + field.name + "\" makes structures nested more than " + DType.MAX_DEPTH
                        + " deep, which is the most");
            }
            end = field.end();
        }
        if (fields.isEmpty() || itemSize < end || itemSize > Integer.MAX_VALUE) {
            throw refuse("a structure of " + fields.size() + " fields that end at " + end + " has item size " + itemSize
                    + ", allowed from 1 field on, and up to " + Integer.MAX_VALUE + " bytes");
        }
        return (int) itemSize;
    }

    private static SharedMemoryException refuse(String message) {
        return new SharedMemoryException(Kind.ARGUMENT, message);
    }
}
