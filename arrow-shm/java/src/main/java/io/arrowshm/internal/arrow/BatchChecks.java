package io.arrowshm.internal.arrow;

import io.arrowshm.internal.memory.Memory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BufferLayout;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Hands the buffers of a batch out to its fields, and checks that each is long enough for the lengths that the batch
 * states, before any vector is made: Arrow Java by itself extends a short buffer with zeros and believes any offset.
 *
 * <p>Of the offsets of a variable-width field only the first and the last are looked at, so that opening takes no longer
 * for more rows. Offsets between them, the type ids and offsets of unions, views and indices into dictionaries may be
 * anything; {@link ValueChecks} looks at them. Reading such a value through the accessors of its vector fails with an
 * exception or, where two offsets lie up to 2^31 apart, an OutOfMemoryError for that value; it never reads outside the
 * segment, for as long as Arrow's bounds checks are on, as they are by default. Code that computes
 * addresses from offsets itself has to check them.
 */
final class BatchChecks {
    static final int VIEW_BYTES = 16;

    private final Iterator<ArrowFieldNode> nodes;
    private final Iterator<ArrowBuf> buffers;
    private final Iterator<Integer> viewBufferCounts;
    private final boolean isVersion4;
    private final long mostWithoutBytes;
    private final List<FieldBuffers> checked = new ArrayList<>();

    private BatchChecks(BatchMessage batch, long fileBytes) {
        nodes = batch.nodes().iterator();
        buffers = batch.buffers().iterator();
        viewBufferCounts = batch.viewBufferCounts().iterator();
        isVersion4 = batch.isVersion4();
        mostWithoutBytes = Byte.SIZE * Math.max(fileBytes, 1 << 16);
    }

    /**
     * What each field is to be loaded with, depth first.
     *
     * @throws DamagedException saying which field does not hold what
     */
    static List<FieldBuffers> check(List<Field> fields, BatchMessage batch, long fileBytes) {
        BatchChecks checks = new BatchChecks(batch, fileBytes);
        for (Field field : fields) {
            checks.checkField(field, batch.rows(), batch.rows());
        }
        if (checks.nodes.hasNext() || checks.buffers.hasNext() || checks.viewBufferCounts.hasNext()) {
            throw new DamagedException("there are more nodes or buffers than the schema has fields for");
        }
        return checks.checked;
    }

    private void checkField(Field field, long minimumLength, long maximumLength) {
        ArrowFieldNode node = next(nodes, field);
        long length = node.getLength();
        if (length < minimumLength || length > maximumLength) {
            throw new DamagedException("field " + field.getName() + " has length " + length + ", needed is "
                    + minimumLength + " to " + maximumLength);
        }
        if (field.getType() instanceof ArrowType.Null) {
            checkLengthWithoutBytes(field, length);
        }
        long childLength = SupportedTypes.storage(field.getType()) instanceof ArrowType.Union union
                ? checkUnion(field, union, node)
                : checkBuffers(field, node);
        for (Field child : field.getChildren()) {
            checkField(child, childLength, Integer.MAX_VALUE);
        }
    }

    /** Returns how long its children have to be at least. */
    private long checkUnion(Field field, ArrowType.Union union, ArrowFieldNode node) {
        if (isVersion4) {
            // Before version 5 unions had validity, which no reader looks at any more.
            next(buffers, field);
            if (node.getNullCount() > 0) {
                throw new DamagedException("the union " + field.getName() + " of version 4 has nulls of its own");
            }
        }
        List<ArrowBuf> own = new ArrayList<>();
        own.add(next(buffers, field));
        need(field, own.get(0), node.getLength());
        boolean dense = union.getMode() == UnionMode.Dense;
        if (dense) {
            own.add(next(buffers, field));
            need(field, own.get(1), Integer.BYTES * (long) node.getLength());
        }
        checked.add(new FieldBuffers(node, own, false));
        return dense ? 0 : node.getLength();
    }

    /** Returns how long its children have to be at least. */
    private long checkBuffers(Field field, ArrowFieldNode node) {
        ArrowType type = SupportedTypes.storage(field.getType());
        long length = node.getLength();
        long lastOffset = -1;
        boolean isAllValid = false;
        List<ArrowBuf> own = new ArrayList<>();
        for (BufferLayout layout : TypeLayout.getTypeLayout(type).getBufferLayouts()) {
            ArrowBuf buffer = next(buffers, field);
            own.add(buffer);
            switch (layout.getType()) {
                case VALIDITY -> isAllValid = checkValidity(field, node, buffer);
                case OFFSET -> {
                    int width = layout.getTypeBitWidth() / Byte.SIZE;
                    lastOffset = checkOffsets(field, buffer, length, width);
                    if (buffer.capacity() < width) {
                        // Nothing is there to have offsets; Arrow Java reads the first one nevertheless.
                        own.set(own.size() - 1, ArrowMemory.zeroOffset());
                    }
                }
                case VIEWS -> {
                    need(field, buffer, length * VIEW_BYTES);
                    int count = next(viewBufferCounts, field);
                    for (int i = 0; i < count; i++) {
                        own.add(next(buffers, field));
                    }
                }
                default -> need(field, buffer, lastOffset >= 0 ? lastOffset : dataBytes(field, type, length, layout));
            }
        }
        checked.add(new FieldBuffers(node, own, isAllValid));
        if (type instanceof ArrowType.FixedSizeList list) {
            return Math.multiplyExact(length, (long) atLeastZero(field, list.getListSize()));
        }
        return lastOffset >= 0 ? lastOffset : length;
    }

    /**
     * Returns whether nothing is null, whatever the buffer says: where no null is counted, other readers do not look at
     * it.
     */
    private boolean checkValidity(Field field, ArrowFieldNode node, ArrowBuf buffer) {
        long bytes = (node.getLength() + 7L) / Byte.SIZE;
        if (node.getNullCount() > 0) {
            need(field, buffer, bytes);
        } else if (buffer.capacity() < bytes) {
            checkLengthWithoutBytes(field, node.getLength());
        }
        return node.getNullCount() == 0 && node.getLength() > 0;
    }

    /** Else a few bytes would make this process allocate validity for 2^31 values, or lists of so many nulls. */
    private void checkLengthWithoutBytes(Field field, long length) {
        if (length > mostWithoutBytes) {
            throw new DamagedException("field " + field.getName() + " has length " + length + " without bytes");
        }
    }

    private static long dataBytes(Field field, ArrowType type, long length, BufferLayout layout) {
        if (type instanceof ArrowType.FixedSizeBinary binary) {
            // The layout's width in bits overflows.
            return Math.multiplyExact(length, (long) atLeastZero(field, binary.getByteWidth()));
        }
        return (length * layout.getTypeBitWidth() + 7) / Byte.SIZE;
    }

    private static int atLeastZero(Field field, int width) {
        if (width < 0) {
            throw new DamagedException("field " + field.getName() + " has width " + width);
        }
        return width;
    }

    private static long checkOffsets(Field field, ArrowBuf offsets, long length, int width) {
        if (length == 0) {
            return 0;
        }
        need(field, offsets, (length + 1) * width);
        long first = offset(offsets, 0, width);
        long last = offset(offsets, length, width);
        if (first < 0 || last < first) {
            throw new DamagedException(
                    "field " + field.getName() + " has first offset " + first + " and last offset " + last);
        }
        if (isListOfNulls(field)) {
            for (long row = 0; row < length; row++) {
                long start = offset(offsets, row, width);
                long end = offset(offsets, row + 1, width);
                if (start < first || end < start || end > last) {
                    throw new DamagedException("row " + row + " of field " + field.getName() + " begins at offset "
                            + start + " and ends at " + end);
                }
            }
        }
        return last;
    }

    /** Nulls have no buffer, so that nothing would end the reading of a list of them that says it has 2^31. */
    private static boolean isListOfNulls(Field field) {
        return field.getChildren().stream().anyMatch(child -> child.getType() instanceof ArrowType.Null);
    }

    static long offset(ArrowBuf offsets, long index, int width) {
        long address = offsets.memoryAddress() + index * width;
        return width == Integer.BYTES ? Memory.getInt(address) : Memory.getLong(address);
    }

    private static void need(Field field, ArrowBuf buffer, long bytes) {
        if (buffer.capacity() < bytes) {
            throw new DamagedException("field " + field.getName() + " has a buffer of " + buffer.capacity()
                    + " bytes where its length needs " + bytes);
        }
    }

    private static <T> T next(Iterator<T> items, Field field) {
        if (!items.hasNext()) {
            throw new DamagedException("there are no nodes or buffers for field " + field.getName());
        }
        return items.next();
    }
}
