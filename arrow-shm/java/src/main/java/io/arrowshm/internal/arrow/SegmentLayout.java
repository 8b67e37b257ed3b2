package io.arrowshm.internal.arrow;

import com.google.flatbuffers.FlatBufferBuilder;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToIntFunction;
import org.apache.arrow.vector.BufferLayout;
import org.apache.arrow.vector.BufferLayout.BufferType;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowFooter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Where everything lies in a segment of one schema. All of it but the arena is known before there is any data, so that
 * sealing moves no data:
 *
 * <pre>
 * 0               "ARROW1" and two zeros
 * 8               schema message
 * batchOffset     record batch message, its metadata padded up to the body
 * bodyOffset      a multiple of 64; 64 zeros if the schema has lists or strings, for those that have no offsets
 *  + zeroBytes    arena
 *  + body         end of stream, footer, footer length, "ARROW1"
 * </pre>
 *
 * The whole is an Arrow IPC file, and from byte 8 an IPC stream. Immutable.
 */
final class SegmentLayout {
    static final byte[] MAGIC = {'A', 'R', 'R', 'O', 'W', '1'};
    static final int STREAM_OFFSET = 8;
    /** Continuation marker and length in front of a message. */
    static final int PREFIX_BYTES = 8;

    static final int END_OF_STREAM_BYTES = 8;
    static final int TRAILER_BYTES = Integer.BYTES + MAGIC.length;

    // Stands in the footer where the length of the body will; nothing else in a footer looks like it.
    private static final long SENTINEL = 0x5EA1_ED5E_63E7_0001L;

    // Aligned as all buffers are.
    private static final int ZERO_BYTES = 64;

    // No sum of lengths overflows below this.
    private static final long MAX_BODY_BYTES = 1L << 56;

    // Schemas of a process are few; the cap keeps one that makes them up from filling the heap.
    private static final int CACHED = 1024;
    private static final Map<Schema, SegmentLayout> CACHE = new ConcurrentHashMap<>();
    // Who writes many segments has one schema object; hashing it takes longer than the rest of making a segment.
    private static volatile @Nullable Latest latest;

    private final Schema schema;
    private final byte[] schemaMessage;
    private final int batchOffset;
    private final int bodyOffset;
    private final byte[] footer;
    private final int bodyBytesInFooter;
    private final int zeroBytes;

    private record Latest(Schema schema, SegmentLayout layout) {}

    private SegmentLayout(Schema schema) {
        this.schema = schema;
        schemaMessage = bytes(MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT));
        batchOffset = STREAM_OFFSET + PREFIX_BYTES + roundUp8(schemaMessage.length);
        int nodes = count(schema.getFields(), field -> 1);
        int buffers = count(schema.getFields(), field -> TypeLayout.getTypeBufferCount(field.getType()));
        // Every value differs from its default here, so that no real message can be longer.
        RecordBatchMetadata largest = RecordBatchMetadata.largest(nodes, buffers);
        bodyOffset = (int) ArrowMemory.align(
                batchOffset + PREFIX_BYTES + largest.message(-1L).remaining());
        footer = footerOf(SENTINEL);
        bodyBytesInFooter = indexOf(SENTINEL, footer);
        int offsets = count(schema.getFields(), SegmentLayout::offsetBuffers);
        zeroBytes = offsets > 0 ? ZERO_BYTES : 0;
    }

    /**
     * The layout of a schema.
     *
     * @throws SharedMemoryException ARGUMENT if the schema has a type that segments cannot hold
     */
    @SuppressWarnings("ReferenceEquality") // An equal one is found in the cache.
    static SegmentLayout of(Schema schema) {
        Latest last = latest;
        if (last != null && last.schema == schema) {
            return last.layout;
        }
        SegmentLayout layout = CACHE.get(schema);
        if (layout == null) {
            SupportedTypes.checkWritable(schema);
            layout = new SegmentLayout(schema);
            if (CACHE.size() < CACHED) {
                CACHE.put(schema, layout);
            }
        }
        latest = new Latest(schema, layout);
        return layout;
    }

    Schema schema() {
        return schema;
    }

    byte[] schemaMessage() {
        return schemaMessage;
    }

    int batchOffset() {
        return batchOffset;
    }

    int bodyOffset() {
        return bodyOffset;
    }

    /** Zeros at the start of the body, before the arena. */
    int zeroBytes() {
        return zeroBytes;
    }

    /** Whether a buffer of the type has one number more than there are values: where each begins, and the last ends. */
    static boolean isOffsets(ArrowType type, BufferLayout buffer) {
        return buffer.getType() == BufferType.OFFSET && !(type instanceof ArrowType.Union);
    }

    /** Metadata length as blocks count it: with the prefix. */
    int batchMetadataBytes() {
        return bodyOffset - batchOffset;
    }

    /**
     * Bytes of a segment whose buffers take so many.
     *
     * @throws SharedMemoryException ARGUMENT if there cannot be such a body
     */
    long segmentBytes(long bodyBytes) {
        if (bodyBytes < 0 || bodyBytes > MAX_BODY_BYTES) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, "body bytes=" + bodyBytes + ", allowed 0 to " + MAX_BODY_BYTES);
        }
        return bodyOffset + zeroBytes + ArrowMemory.align(bodyBytes) + tailBytes();
    }

    /** Bytes behind the body. */
    int tailBytes() {
        return END_OF_STREAM_BYTES + footer.length + TRAILER_BYTES;
    }

    /** Writes the footer of a file with such a body and returns its length in bytes. */
    int writeFooter(long address, long bodyBytes) {
        Memory.copy(footer, 0, address, footer.length);
        // Only this number differs between two segments of a schema.
        Memory.putLong(address + bodyBytesInFooter, bodyBytes);
        return footer.length;
    }

    private byte[] footerOf(long bodyBytes) {
        FlatBufferBuilder builder = new FlatBufferBuilder();
        ArrowBlock block = new ArrowBlock(batchOffset, batchMetadataBytes(), bodyBytes);
        builder.finish(new ArrowFooter(schema, List.of(), List.of(block)).writeTo(builder));
        return builder.sizedByteArray();
    }

    private static int indexOf(long value, byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i + Long.BYTES <= bytes.length; i++) {
            if (buffer.getLong(i) == value) {
                return i;
            }
        }
        throw new IllegalStateException("the footer does not have the length of its body in it");
    }

    private static int roundUp8(int bytes) {
        return bytes + 7 & ~7;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static int offsetBuffers(Field field) {
        ArrowType type = SupportedTypes.storage(field.getType());
        return (int) TypeLayout.getTypeLayout(type).getBufferLayouts().stream()
                .filter(buffer -> isOffsets(type, buffer))
                .count();
    }

    private static int count(List<Field> fields, ToIntFunction<Field> each) {
        int sum = 0;
        for (Field field : fields) {
            sum += each.applyAsInt(field) + count(field.getChildren(), each);
        }
        return sum;
    }
}
