package io.arrowshm.internal.arrow;

import com.google.flatbuffers.Table;
import io.arrowshm.internal.memory.Memory;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * A message of an Arrow file.
 *
 * @param message its metadata, copied out of the file
 * @param metadataBytes length of that
 * @param bodyOffset in the file
 */
record FileMessage(Message message, int metadataBytes, long bodyOffset) {
    /** Metadata of any file is far smaller; more would be for a damaged file to fill the heap with. */
    static final int MOST_METADATA_BYTES = 1 << 26;

    private static final int CONTINUATION = -1;

    /**
     * Copies the metadata of an encapsulated message. Before Arrow 0.15 only a length stood in front of it.
     *
     * @param address of the message
     * @param room bytes that it may take with what stands in front of it
     * @throws DamagedException if it takes more, or none
     */
    static byte[] metadata(long address, long room) {
        int prefixBytes = prefixBytes(address);
        int bytes = Memory.getInt(address + prefixBytes - Integer.BYTES);
        if (bytes <= 0 || bytes > Math.min(room - prefixBytes, MOST_METADATA_BYTES)) {
            throw new DamagedException("there is a message of " + bytes + " bytes where " + room + " are left");
        }
        return Memory.bytes(address + prefixBytes, bytes);
    }

    /**
     * Reads the message that a block of the file names.
     *
     * @param address of the file
     * @throws DamagedException if there is none of that kind
     */
    static FileMessage read(long address, Block block, byte headerType) {
        byte[] metadata = metadata(address + block.offset(), block.metaDataLength());
        if (metadata.length != block.metaDataLength() - prefixBytes(address + block.offset())) {
            // Other readers take what is left of it for the body, and would read other values than we do.
            throw new DamagedException("at offset " + block.offset() + " there is a message of " + metadata.length
                    + " bytes where the footer says " + block.metaDataLength());
        }
        Message message = Message.getRootAsMessage(ByteBuffer.wrap(metadata));
        if (message.headerType() != headerType || message.bodyLength() != block.bodyLength()) {
            throw new DamagedException("at offset " + block.offset() + " there is a message of type "
                    + MessageHeader.name(message.headerType()) + " with a body of " + message.bodyLength() + " bytes");
        }
        checkVersion(message.version());
        return new FileMessage(message, metadata.length, block.offset() + block.metaDataLength());
    }

    /**
     * Reads the message at a place of a stream; null at its end.
     *
     * @param address of the stream
     * @param length of the stream
     * @throws DamagedException if there is none, or its body is not all there
     */
    static @Nullable FileMessage next(long address, long position, long length) {
        if (position == length) {
            return null;
        }
        if (length - position < SegmentLayout.PREFIX_BYTES) {
            throw new DamagedException("at offset " + position + " the stream is cut");
        }
        int prefixBytes = prefixBytes(address + position);
        if (Memory.getInt(address + position + prefixBytes - Integer.BYTES) == 0) {
            return null;
        }
        byte[] metadata = metadata(address + position, length - position);
        Message message = Message.getRootAsMessage(ByteBuffer.wrap(metadata));
        checkVersion(message.version());
        long bodyOffset = position + prefixBytes + metadata.length;
        if (message.bodyLength() < 0 || message.bodyLength() > length - bodyOffset) {
            throw new DamagedException("at offset " + position + " there is a message with a body of "
                    + message.bodyLength() + " bytes where " + (length - bodyOffset) + " are left");
        }
        return new FileMessage(message, metadata.length, bodyOffset);
    }

    private static int prefixBytes(long address) {
        return Memory.getInt(address) == CONTINUATION ? SegmentLayout.PREFIX_BYTES : Integer.BYTES;
    }

    static void checkVersion(short version) {
        if (version != MetadataVersion.V4 && version != MetadataVersion.V5) {
            throw new DamagedException("its metadata has version number " + version + "; V4 and V5 are readable");
        }
    }

    <T extends Table> T header(T empty) {
        if (message.header(empty) == null) {
            throw new DamagedException("a message of type " + MessageHeader.name(message.headerType()) + " is empty");
        }
        return empty;
    }

    /**
     * The values of a dictionary.
     *
     * @throws DamagedException if there are none, or more of them in other messages
     */
    static RecordBatch values(DictionaryBatch dictionary) {
        if (dictionary.isDelta()) {
            throw inSeveralParts(dictionary.id());
        }
        RecordBatch values = dictionary.data();
        if (values == null) {
            throw new DamagedException("its dictionary " + dictionary.id() + " has no values");
        }
        return values;
    }

    static DamagedException inSeveralParts(long dictionary) {
        return new DamagedException(
                "its dictionary " + dictionary + " comes in several parts; write it as one, without deltas");
    }

    /** Whether it is a dictionary or a record batch that is compressed in whatever way. */
    boolean isCompressed() {
        RecordBatch batch = message.headerType() == MessageHeader.DictionaryBatch
                ? header(new DictionaryBatch()).data()
                : header(new RecordBatch());
        return batch != null && batch.compression() != null;
    }

    boolean isVersion4() {
        return message.version() == MetadataVersion.V4;
    }
}
