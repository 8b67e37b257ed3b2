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
 */
final class BatchChecks {
    private final Iterator<ArrowFieldNode> nodes;
    private final Iterator<ArrowBuf> buffers;

    private BatchChecks(List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
        this.nodes = nodes.iterator();
        this.buffers = buffers.iterator();
    }

    /** @throws DamagedException saying which field does not hold what */
    static void check(List<Field> fields, long rows, List<ArrowFieldNode> nodes, List<ArrowBuf> buffers) {
        BatchChecks checks = new BatchChecks(nodes, buffers);
        for (Field field : fields) {
            checks.checkField(field, rows);
        }
        if (checks.nodes.hasNext() || checks.buffers.hasNext()) {
            throw new DamagedException("there are more nodes or buffers than the schema has fields for");
        }
    }

    private void checkField(Field field, long minimumLength) {
        ArrowFieldNode node = next(nodes, field);
        long length = node.getLength();
        if (length < minimumLength || node.getNullCount() < 0 || node.getNullCount() > length) {
            throw new DamagedException("field " + field.getName() + " has length " + length + ", null count "
                    + node.getNullCount() + ", needed length " + minimumLength);
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
            } else {
                need(field, buffer, (length * layout.getTypeBitWidth() + 7) / 8);
            }
        }
        if (field.getType() instanceof ArrowType.FixedSizeList list) {
            childLength = Math.multiplyExact(length, (long) list.getListSize());
        }
        for (Field child : field.getChildren()) {
            checkField(child, childLength);
        }
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
