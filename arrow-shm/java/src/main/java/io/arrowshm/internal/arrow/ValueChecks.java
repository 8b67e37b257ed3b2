package io.arrowshm.internal.arrow;

import io.arrowshm.internal.memory.Memory;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.complex.DenseUnionVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.UnionVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Looks at what every single row says of where its value is. Takes time for each row, so it is no part of opening, which
 * has checked the lengths that are relied on here. Stateless.
 */
final class ValueChecks {
    private ValueChecks() {}

    /**
     * Checks a vector and its children.
     *
     * @param field that it was made for: a union's own field has other type ids
     * @param nodes what the batch says of it and, depth first, of its children
     * @throws DamagedException naming the first row whose value is nowhere
     */
    static void check(
            Field field, FieldVector vector, Iterator<ArrowFieldNode> nodes, DictionaryProvider dictionaries) {
        checkNullCount(vector, nodes.next().getNullCount());
        if (vector instanceof BaseVariableWidthVector || vector instanceof ListVector) {
            checkOffsets(vector, Integer.BYTES);
        } else if (vector instanceof BaseLargeVariableWidthVector || vector instanceof LargeListVector) {
            checkOffsets(vector, Long.BYTES);
        } else if (vector instanceof BaseVariableWidthViewVector views) {
            checkViews(views);
        } else if (vector instanceof UnionVector union) {
            checkTypeIds(field, union, union.getTypeBuffer());
        } else if (vector instanceof DenseUnionVector union) {
            checkTypeIds(field, union, union.getTypeBuffer());
            checkUnionOffsets(union);
        }
        DictionaryEncoding encoding = field.getDictionary();
        if (encoding != null) {
            checkIndices(vector, dictionaries.lookup(encoding.getId()));
        }
        List<FieldVector> children = vector.getChildrenFromFields();
        for (int i = 0; i < children.size(); i++) {
            check(field.getChildren().get(i), children.get(i), nodes, dictionaries);
        }
    }

    /** Where none is counted nothing is null, whatever else is said. Neither nulls nor unions have validity. */
    private static void checkNullCount(FieldVector vector, long nullCount) {
        boolean hasValidity =
                !(vector instanceof NullVector || vector instanceof UnionVector || vector instanceof DenseUnionVector);
        if (hasValidity && nullCount > 0 && vector.getNullCount() != nullCount) {
            throw new DamagedException("field " + vector.getName() + " is said to have " + nullCount
                    + " nulls, and has " + vector.getNullCount());
        }
    }

    private static void checkOffsets(FieldVector vector, int width) {
        ArrowBuf offsets = vector.getOffsetBuffer();
        if (vector.getValueCount() == 0 && offsets.capacity() >= width) {
            checkOnlyOffset(vector, BatchChecks.offset(offsets, 0, width));
        }
        for (int row = 0; row < vector.getValueCount(); row++) {
            long start = BatchChecks.offset(offsets, row, width);
            long end = BatchChecks.offset(offsets, row + 1L, width);
            if (end < start) {
                throw nowhere(vector, row, "it begins at offset " + start + " and ends at " + end);
            }
        }
    }

    /** Also of no values other readers take what lies behind the offset. */
    private static void checkOnlyOffset(FieldVector vector, long offset) {
        List<FieldVector> children = vector.getChildrenFromFields();
        long values = children.isEmpty()
                ? vector.getDataBuffer().capacity()
                : children.get(0).getValueCount();
        if (offset < 0 || offset > values) {
            throw new DamagedException(
                    "field " + vector.getName() + " has no rows, and its only offset is " + offset + " of " + values);
        }
    }

    private static void checkViews(BaseVariableWidthViewVector vector) {
        List<ArrowBuf> buffers = vector.getDataBuffers();
        for (int row = 0; row < vector.getValueCount(); row++) {
            if (!vector.isNull(row)) {
                long view = vector.getDataBuffer().memoryAddress() + (long) row * BatchChecks.VIEW_BYTES;
                int length = Memory.getInt(view);
                int buffer = Memory.getInt(view + 2 * Integer.BYTES);
                int offset = Memory.getInt(view + 3 * Integer.BYTES);
                boolean isLong = length > BaseVariableWidthViewVector.INLINE_SIZE;
                boolean isInside = !isLong
                        || (buffer >= 0
                                && buffer < buffers.size()
                                && offset >= 0
                                && (long) offset + length <= buffers.get(buffer).capacity());
                if (length < 0 || !isInside) {
                    throw nowhere(
                            vector, row, "its view has length " + length + ", buffer " + buffer + ", offset " + offset);
                }
            }
        }
    }

    private static void checkTypeIds(Field field, FieldVector union, ArrowBuf typeIds) {
        boolean[] known = new boolean[Byte.MAX_VALUE + 1];
        for (int typeId : ((ArrowType.Union) SupportedTypes.storage(field.getType())).getTypeIds()) {
            known[typeId] = true;
        }
        for (int row = 0; row < union.getValueCount(); row++) {
            byte typeId = Memory.getByte(typeIds.memoryAddress() + row);
            if (typeId < 0 || !known[typeId]) {
                throw nowhere(union, row, "its type id is " + typeId);
            }
        }
    }

    private static void checkUnionOffsets(DenseUnionVector union) {
        for (int row = 0; row < union.getValueCount(); row++) {
            ValueVector child = union.getVectorByType(union.getTypeId(row));
            int offset = union.getOffset(row);
            if (offset < 0 || offset >= child.getValueCount()) {
                throw nowhere(union, row, "its offset is " + offset + " of " + child.getValueCount());
            }
        }
    }

    private static void checkIndices(FieldVector indices, Dictionary dictionary) {
        int values = dictionary.getVector().getValueCount();
        for (int row = 0; row < indices.getValueCount(); row++) {
            if (!indices.isNull(row)) {
                long index = ((BaseIntVector) indices).getValueAsLong(row);
                if (index < 0 || index >= values) {
                    throw nowhere(indices, row, "its index is " + index + " of a dictionary of " + values);
                }
            }
        }
    }

    private static DamagedException nowhere(FieldVector vector, int row, String why) {
        return new DamagedException("row " + row + " of field " + vector.getName() + " is nowhere: " + why);
    }
}
