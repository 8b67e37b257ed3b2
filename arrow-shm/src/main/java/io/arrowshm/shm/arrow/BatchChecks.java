package io.arrowshm.shm.arrow;

import io.arrowshm.shm.memory.Memory;
import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BufferLayout;
import org.apache.arrow.vector.BufferLayout.BufferType;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Checks that every buffer of a batch is long enough for the lengths that the batch states, before any vector is made:
 * Arrow Java by itself extends a short buffer with zeros and believes any offset.
 *
 * <p>Of the offsets of a variable-width field only the first and the last are looked at, so that opening takes no longer
 * for more rows. Offsets between them may be anything. Reading such a value through the accessors of its vector fails
 * with an exception or, where two offsets lie up to 2^31 apart, an OutOfMemoryError for that value; it never reads
 * outside the segment, for as long as Arrow's bounds checks are on, as they are by default. Whoever computes addresses
 * from offsets by himself has to check them.
 */
final class BatchChecks {
    private final Iterator<ArrowFieldNode> nodes;
    private final Iterator<ArrowBuf> buffers;
    private final long mostWithoutBytes;

    private BatchChecks(long fileBytes, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
        mostWithoutBytes = Byte.SIZE * Math.max(fileBytes, 1 << 16);
        this.nodes = nodes.iterator();
        this.buffers = buffers.iterator();
    }

    /** @throws DamagedException saying which field does not hold what */
    static void check(
            List<Field> fields, long rows, long fileBytes, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
        BatchChecks checks = new BatchChecks(fileBytes, nodes, buffers);
        for (Field field : fields) {
            // Otherwise Arrow cuts the vector to the rows, and may write offsets in doing so.
            checks.checkField(field, rows, rows);
        }
        if (checks.nodes.hasNext() || checks.buffers.hasNext()) {
            throw new DamagedException("there are more nodes or buffers than the schema has fields for");
        }
    }

    private void checkField(Field field, long minimumLength, long maximumLength) {
        ArrowFieldNode node = next(nodes, field);
        long length = node.getLength();
        if (length < minimumLength
                || length > maximumLength
                || node.getNullCount() < 0
                || node.getNullCount() > length) {
            throw new DamagedException("field " + field.getName() + " has length " + length + ", null count "
                    + node.getNullCount() + ", needed length " + minimumLength + " to " + maximumLength);
        }
        long childLength = length;
        long dataBytes = -1;
        for (BufferLayout layout : TypeLayout.getTypeLayout(field.getType()).getBufferLayouts()) {
            ArrowBuf buffer = next(buffers, field);
            if (layout.getType() == BufferType.OFFSET) {
                long last = checkOffsets(field, buffer, length, layout.getTypeBitWidth() / Byte.SIZE);
                dataBytes = last;
                childLength = last;
            } else if (layout.getType() == BufferType.DATA && dataBytes >= 0) {
                need(field, buffer, dataBytes);
            } else if (layout.getType() == BufferType.VALIDITY && node.getNullCount() == 0) {
                // May be left out, and if it is there nobody has to look at it.
                need(field, buffer, buffer.capacity() == 0 ? 0 : (length + 7) / 8);
                if (buffer.capacity() == 0 && length > mostWithoutBytes) {
                    // Else a few bytes would make this process allocate validity for 2^31 values.
                    throw new DamagedException("field " + field.getName() + " has length " + length + " without bytes");
                }
            } else if (field.getType() instanceof ArrowType.FixedSizeBinary binary
                    && layout.getType() == BufferType.DATA) {
                // The layout's width in bits overflows.
                need(field, buffer, Math.multiplyExact(length, (long) atLeastZero(field, binary.getByteWidth())));
            } else {
                need(field, buffer, (length * layout.getTypeBitWidth() + 7) / 8);
            }
        }
        if (field.getType() instanceof ArrowType.FixedSizeList list) {
            childLength = Math.multiplyExact(length, (long) atLeastZero(field, list.getListSize()));
        }
        for (Field child : field.getChildren()) {
            checkField(child, childLength, Integer.MAX_VALUE);
        }
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
        return last;
    }

    private static long offset(ArrowBuf offsets, long index, int width) {
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
