package io.arrowshm.internal.arrow;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Reads the schema of an Arrow file. Segments of one stream have the same, byte for byte, and turning it into a schema takes
 * longer than everything else in opening them. Any thread.
 *
 * <p>A file says it twice: in a message at its start, and in its footer, which other readers believe. Some writers leave the
 * message out. Where both are there they have to agree, or the file would mean one thing here and another one there.
 */
final class SchemaCache {
    // Schemas of a process are few; the caps keep one that makes them up from filling the heap.
    private static final int CACHED = 1024;
    private static final int LARGEST_CACHED = 1 << 16;
    private static final Map<SchemaBytes, FileSchema> CACHE = new ConcurrentHashMap<>();

    /** @param message at the start of the file, empty if there is none */
    private record SchemaBytes(ByteBuffer message, ByteBuffer footer) {
        int length() {
            return message.remaining() + footer.remaining();
        }
    }

    private SchemaCache() {}

    /**
     * The schema of the file in the memory.
     *
     * @param length of the file
     * @throws DamagedException if there is none, not one that segments can hold, or two that differ
     */
    static FileSchema read(long address, long length, FileFooter footer) {
        SchemaBytes key = new SchemaBytes(messageAtStart(address, length), ByteBuffer.wrap(footer.withoutBlocks()));
        FileSchema schema = CACHE.get(key);
        if (schema == null) {
            schema = FileSchema.of(parse(key));
            if (CACHE.size() < CACHED && key.length() <= LARGEST_CACHED) {
                CACHE.put(key, schema);
            }
        }
        return schema;
    }

    private static ByteBuffer messageAtStart(long address, long length) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(
                    FileMessage.metadata(address + SegmentLayout.STREAM_OFFSET, length - SegmentLayout.STREAM_OFFSET));
            if (Message.getRootAsMessage(bytes.duplicate()).headerType() == MessageHeader.Schema) {
                return bytes;
            }
        } catch (DamagedException | IndexOutOfBoundsException e) {
            // Something else stands there, which nobody needs.
        }
        return ByteBuffer.allocate(0);
    }

    private static Schema parse(SchemaBytes bytes) {
        // The footer's version says nothing: writers before Arrow 1.0 left it out. Every message has its own.
        org.apache.arrow.flatbuf.Schema inFooter =
                Footer.getRootAsFooter(copy(bytes.footer())).schema();
        if (inFooter == null) {
            throw new DamagedException("its footer has no schema");
        }
        if (!bytes.message().hasRemaining()) {
            return convert(inFooter, bytes.footer());
        }
        org.apache.arrow.flatbuf.Schema atStart = ofMessage(copy(bytes.message()));
        if (atStart.endianness() != inFooter.endianness()) {
            throw differ("endianness " + atStart.endianness(), "endianness " + inFooter.endianness());
        }
        Schema schema = convert(inFooter, bytes.footer());
        checkEqual(convert(atStart, bytes.message()), schema);
        return schema;
    }

    /** The checks change what cannot be converted, and the key has to stay as it is. */
    private static ByteBuffer copy(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return ByteBuffer.wrap(copy);
    }

    /**
     * The schema of a message that begins a stream.
     *
     * @param metadata in a buffer of its own
     * @throws DamagedException if it is none, or not one that segments can hold
     */
    static FileSchema ofStream(byte[] metadata) {
        ByteBuffer bytes = ByteBuffer.wrap(metadata);
        return FileSchema.of(convert(ofMessage(bytes.duplicate()), bytes));
    }

    private static org.apache.arrow.flatbuf.Schema ofMessage(ByteBuffer bytes) {
        Message message = Message.getRootAsMessage(bytes);
        FileMessage.checkVersion(message.version());
        org.apache.arrow.flatbuf.Schema schema = new org.apache.arrow.flatbuf.Schema();
        if (message.header(schema) == null) {
            throw new DamagedException("the schema at the front is empty");
        }
        return schema;
    }

    private static Schema convert(org.apache.arrow.flatbuf.Schema schema, ByteBuffer bytes) {
        if (schema.endianness() != Endianness.Little) {
            throw new DamagedException("its schema is big endian; little endian is readable");
        }
        SchemaChecks.check(schema, bytes.remaining());
        return Schema.convertSchema(schema);
    }

    private static void checkEqual(Schema atStart, Schema inFooter) {
        if (!atStart.equals(inFooter)) {
            List<Field> left = atStart.getFields();
            List<Field> right = inFooter.getFields();
            int field = 0;
            while (field < Math.min(left.size(), right.size())
                    && left.get(field).equals(right.get(field))) {
                field++;
            }
            throw differ(describe(atStart, field), describe(inFooter, field));
        }
    }

    private static DamagedException differ(String atStart, String inFooter) {
        return new DamagedException("the schema at the front says " + atStart + ", the footer says " + inFooter);
    }

    private static String describe(Schema schema, int index) {
        List<Field> fields = schema.getFields();
        if (index == fields.size()) {
            return fields.size() + " fields, metadata " + schema.getCustomMetadata();
        }
        Field field = fields.get(index);
        return field + (field.getMetadata().isEmpty() ? "" : " with metadata " + field.getMetadata());
    }
}
