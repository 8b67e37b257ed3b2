package io.arrowshm.internal.arrow;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Reads the schema message at the start of an Arrow file. Segments of one stream have the same message, byte for byte, and
 * turning it into a schema takes longer than everything else in opening them. Any thread.
 */
final class SchemaCache {
    // Schemas of a process are few; the caps keep one that makes them up from filling the heap.
    private static final int CACHED = 1024;
    private static final int LARGEST_CACHED = 1 << 16;
    private static final Map<ByteBuffer, FileSchema> CACHE = new ConcurrentHashMap<>();

    private SchemaCache() {}

    /**
     * The schema of the file in the memory.
     *
     * @param length of the file
     * @throws DamagedException if there is none, or not one that segments can hold
     */
    static FileSchema read(long address, long length) {
        byte[] message =
                FileMessage.metadata(address + SegmentLayout.STREAM_OFFSET, length - SegmentLayout.STREAM_OFFSET);
        ByteBuffer key = ByteBuffer.wrap(message);
        FileSchema schema = CACHE.get(key);
        if (schema == null) {
            schema = parse(key);
            if (CACHE.size() < CACHED && message.length <= LARGEST_CACHED) {
                CACHE.put(key, schema);
            }
        }
        return schema;
    }

    private static FileSchema parse(ByteBuffer bytes) {
        Message message = Message.getRootAsMessage(bytes.duplicate());
        if (message.headerType() != MessageHeader.Schema) {
            throw new DamagedException(
                    "its first message is of type " + MessageHeader.name(message.headerType()) + ", not a schema");
        }
        FileMessage.checkVersion(message);
        org.apache.arrow.flatbuf.Schema schema =
                (org.apache.arrow.flatbuf.Schema) message.header(new org.apache.arrow.flatbuf.Schema());
        if (schema == null || schema.endianness() != Endianness.Little) {
            throw new DamagedException("its schema is missing or big endian; little endian is readable");
        }
        SchemaChecks.check(schema, bytes.remaining());
        return FileSchema.of(Schema.convertSchema(schema));
    }
}
