package io.arrowshm.internal.arrow;

import com.google.flatbuffers.FlatBufferBuilder;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.memory.Memory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.ipc.message.ArrowBlock;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.ipc.message.ArrowFooter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Writes an Arrow file that can be read in place from what cannot: a stream, or a file with compressed batches. Reading the
 * source says how long the result will be, so that it can be written where it is to stay. One thread.
 */
public final class ArrowConversion {
    /** A dictionary or a record batch. */
    private static final class Part {
        private final BatchMessage batch;
        /** Of each of its buffers. */
        private final long[] plainBytes;
        /** Of the message that is to be written. */
        private final byte[] metadata;
        /** Where that is to be. */
        private final ArrowBlock block;

        Part(BatchMessage batch, long[] plainBytes, byte[] metadata, ArrowBlock block) {
            this.batch = batch;
            this.plainBytes = plainBytes;
            this.metadata = metadata;
            this.block = block;
        }
    }

    private final Supplier<String> name;
    private final long sourceLength;
    private final byte[] schemaMessage;
    private final List<Part> parts = new ArrayList<>();
    private final List<ArrowBlock> dictionaries = new ArrayList<>();
    private final List<ArrowBlock> batches = new ArrayList<>();
    private final byte[] footer;
    private long end;

    private ArrowConversion(Supplier<String> name, ArrowBuf whole, Schema schema, Iterable<FileMessage> messages) {
        this.name = name;
        sourceLength = whole.capacity();
        schemaMessage = bytes(MessageSerializer.serializeMetadata(schema, IpcOption.DEFAULT));
        end = metadataEnd(SegmentLayout.STREAM_OFFSET, schemaMessage.length);
        for (FileMessage message : messages) {
            add(whole, message);
        }
        FlatBufferBuilder builder = new FlatBufferBuilder();
        builder.finish(new ArrowFooter(schema, dictionaries, batches).writeTo(builder));
        footer = builder.sizedByteArray();
    }

    /**
     * The conversion of a file or a stream; null if it is a file that needs none.
     *
     * @param name for error messages
     * @param address of the source, a multiple of 8, which stays until the conversion is done
     * @throws SharedMemoryException CORRUPT if the source is damaged, or has what no file that is read in place can have
     */
    public static @Nullable ArrowConversion of(Supplier<String> name, long address, long length) {
        try (ArrowBuf whole = ArrowMemory.wrap(address, length, () -> {})) {
            boolean stream = isStream(address, length);
            return ArrowFile.checked(name, length, () -> stream ? ofStream(name, whole) : ofFile(name, whole));
        }
    }

    /** Whether the memory begins as a stream does: with a schema in a message. */
    public static boolean isStream(long address, long length) {
        if (length < SegmentLayout.PREFIX_BYTES || Memory.getInt(address) != -1) {
            return false;
        }
        try {
            byte[] metadata = FileMessage.metadata(address, length);
            return Message.getRootAsMessage(ByteBuffer.wrap(metadata)).headerType() == MessageHeader.Schema;
        } catch (DamagedException | IndexOutOfBoundsException e) {
            return false;
        }
    }

    private static ArrowConversion ofStream(Supplier<String> name, ArrowBuf whole) {
        long address = whole.memoryAddress();
        byte[] schema = FileMessage.metadata(address, whole.capacity());
        List<FileMessage> messages = new ArrayList<>();
        FileMessage message = FileMessage.next(address, 0, whole.capacity());
        while (message != null) {
            long end = message.bodyOffset() + message.message().bodyLength();
            message = FileMessage.next(address, end, whole.capacity());
            if (message != null) {
                messages.add(message);
            }
        }
        return new ArrowConversion(name, whole, SchemaCache.ofStream(schema).inFile(), messages);
    }

    private static @Nullable ArrowConversion ofFile(Supplier<String> name, ArrowBuf whole) {
        long address = whole.memoryAddress();
        FileFooter footer = FileFooter.read(address, whole.capacity());
        List<FileMessage> messages = new ArrayList<>();
        for (int i = 0; i < footer.dictionaryCount(); i++) {
            messages.add(FileMessage.read(address, footer.dictionary(i), MessageHeader.DictionaryBatch));
        }
        for (int i = 0; i < footer.batchCount(); i++) {
            messages.add(FileMessage.read(address, footer.batch(i), MessageHeader.RecordBatch));
        }
        if (messages.stream().noneMatch(FileMessage::isCompressed)) {
            return null;
        }
        Schema schema = SchemaCache.read(address, whole.capacity(), footer).inFile();
        return new ArrowConversion(name, whole, schema, messages);
    }

    private void add(ArrowBuf whole, FileMessage message) {
        switch (message.message().headerType()) {
            case MessageHeader.RecordBatch -> {
                BatchMessage batch = BatchMessage.read(whole, message, message.header(new RecordBatch()));
                batches.add(add(batch, (metadata, bodyBytes) -> metadata.message(bodyBytes, batch.viewBufferCounts())));
            }
            case MessageHeader.DictionaryBatch -> {
                DictionaryBatch dictionary = message.header(new DictionaryBatch());
                BatchMessage batch = BatchMessage.read(whole, message, FileMessage.values(dictionary));
                dictionaries.add(add(
                        batch,
                        (metadata, bodyBytes) ->
                                metadata.dictionaryMessage(dictionary.id(), bodyBytes, batch.viewBufferCounts())));
            }
            default ->
                throw new DamagedException("it has a message of type "
                        + MessageHeader.name(message.message().headerType()));
        }
    }

    private interface MessageWriter {
        ByteBuffer write(RecordBatchMetadata metadata, long bodyBytes);
    }

    private ArrowBlock add(BatchMessage batch, MessageWriter writer) {
        RecordBatchMetadata metadata = new RecordBatchMetadata(batch.rows());
        for (ArrowFieldNode node : batch.nodes()) {
            metadata.addNode(node.getLength(), node.getNullCount());
        }
        long[] plainBytes = new long[batch.buffers().size()];
        long bodyBytes = 0;
        for (int i = 0; i < plainBytes.length; i++) {
            plainBytes[i] = batch.compression().plainBytes(batch.buffers().get(i));
            metadata.addBuffer(bodyBytes, plainBytes[i]);
            bodyBytes = Math.addExact(bodyBytes, ArrowMemory.align(plainBytes[i]));
        }
        byte[] message = bytes(writer.write(metadata, bodyBytes));
        long bodyStart = metadataEnd(end, message.length);
        ArrowBlock block = new ArrowBlock(end, (int) (bodyStart - end), bodyBytes);
        parts.add(new Part(batch, plainBytes, message, block));
        end = Math.addExact(bodyStart, bodyBytes);
        return block;
    }

    /** Where the body of a message begins whose metadata has so many bytes, a multiple of 64. */
    private static long metadataEnd(long start, int metadataBytes) {
        return ArrowMemory.align(start + SegmentLayout.PREFIX_BYTES + metadataBytes);
    }

    /** Bytes of the result. */
    public long bytes() {
        return end + SegmentLayout.END_OF_STREAM_BYTES + footer.length + SegmentLayout.TRAILER_BYTES;
    }

    /**
     * Writes the result, and looks at every value of it.
     *
     * @param target of at least {@link #bytes} bytes, a multiple of 64
     * @throws SharedMemoryException CORRUPT if the source is damaged; ARGUMENT if a library is missing that decompresses it
     */
    public void writeTo(long target) {
        ArrowFile.checked(name, sourceLength, () -> {
            write(target);
            return this;
        });
        try (ArrowFile file = ArrowFile.open(name, target, bytes(), () -> {})) {
            file.validate();
        }
    }

    private void write(long target) {
        FileFrame.begin(target);
        long start = SegmentLayout.STREAM_OFFSET;
        FileFrame.message(
                target + start, target + metadataEnd(start, schemaMessage.length), ByteBuffer.wrap(schemaMessage));
        for (Part part : parts) {
            long messageStart = target + part.block.getOffset();
            long bodyStart = messageStart + part.block.getMetadataLength();
            FileFrame.message(messageStart, bodyStart, ByteBuffer.wrap(part.metadata));
            writeBody(bodyStart, part);
        }
        long tail = FileFrame.endStream(target + end);
        Memory.copy(footer, 0, tail, footer.length);
        FileFrame.end(tail, footer.length);
    }

    private static void writeBody(long bodyStart, Part part) {
        long position = bodyStart;
        for (int i = 0; i < part.plainBytes.length; i++) {
            long bytes = part.plainBytes[i];
            part.batch.compression().copyPlain(part.batch.buffers().get(i), position, bytes);
            Memory.fill(position + bytes, ArrowMemory.align(bytes) - bytes, (byte) 0);
            position += ArrowMemory.align(bytes);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
