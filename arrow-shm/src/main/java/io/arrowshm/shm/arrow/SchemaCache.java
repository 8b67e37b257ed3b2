package io.arrowshm.shm.arrow;

import io.arrowshm.shm.memory.Memory;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Reads the schema message at the start of an Arrow file. Segments of one stream have the same message, byte for byte, and
 * turning it into a schema takes longer than everything else in opening them. Any thread.
 */
final class SchemaCache {
    // Schemas of a process are few; the caps keep one that makes them up from filling the heap.
    private static final int CACHED = 1024;
    private static final int LARGEST_CACHED = 1 << 16;
    private static final Map<ByteBuffer, Schema> CACHE = new ConcurrentHashMap<>();

    private SchemaCache() {}

    /**
     * The schema of the file in the memory.
     *
     * @param length of the file
     * @throws DamagedException if there is none, or not one that segments can hold
     */
    static Schema read(long address, long length) {
        int metadataBytes = Memory.getInt(address + SegmentLayout.STREAM_OFFSET + Integer.BYTES);
        if (Memory.getInt(address + SegmentLayout.STREAM_OFFSET) != -1
                || metadataBytes <= 0
                || metadataBytes > length - SegmentLayout.STREAM_OFFSET - SegmentLayout.PREFIX_BYTES) {
            throw new DamagedException("at offset " + SegmentLayout.STREAM_OFFSET + " there is no schema message");
        }
        byte[] message = new byte[metadataBytes];
        Memory.copy(address + SegmentLayout.STREAM_OFFSET + SegmentLayout.PREFIX_BYTES, message, 0, metadataBytes);
        ByteBuffer key = ByteBuffer.wrap(message);
        Schema schema = CACHE.get(key);
        if (schema == null) {
            schema = parse(key);
            if (CACHE.size() < CACHED && metadataBytes <= LARGEST_CACHED) {
                CACHE.put(key, schema);
            }
        }
        return schema;
    }

    private static Schema parse(ByteBuffer bytes) {
        Message message = Message.getRootAsMessage(bytes.duplicate());
        if (message.headerType() != MessageHeader.Schema || message.version() != MetadataVersion.V5) {
            throw new DamagedException("its first message has type " + message.headerType() + " and version "
                    + message.version() + "; a schema of V5 is readable");
        }
        org.apache.arrow.flatbuf.Schema schema =
                (org.apache.arrow.flatbuf.Schema) message.header(new org.apache.arrow.flatbuf.Schema());
        if (schema == null || schema.endianness() != Endianness.Little) {
            throw new DamagedException("its schema is missing or big endian; little endian is readable");
        }
        SchemaChecks.check(schema, bytes.remaining());
        Schema converted = Schema.convertSchema(schema);
        if (!converted.getFields().stream().allMatch(SupportedTypes::isSupported)) {
            throw new DamagedException("its schema has fields that cannot be read in place: " + converted);
        }
        return converted;
    }
}
