package io.arrowshm.internal.arrow;

import io.arrowshm.internal.memory.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.Footer;

/** The end of an Arrow file: where its batches and dictionaries are. Immutable; any thread. */
final class FileFooter {
    private static final int BLOCK_BYTES = 3 * Long.BYTES;
    // Offsets in the table of the fields, by the schema of Arrow's flatbuffers.
    private static final int DICTIONARIES = 8;
    private static final int RECORD_BATCHES = 10;

    private final byte[] bytes;
    private final Footer footer;
    private final long length;

    private FileFooter(byte[] bytes, long length) {
        this.bytes = bytes;
        this.footer = Footer.getRootAsFooter(ByteBuffer.wrap(bytes));
        this.length = length;
    }

    /**
     * Reads the footer of the file in the memory.
     *
     * @param length of the file
     * @throws DamagedException if there is none
     */
    static FileFooter read(long address, long length) {
        long trailer = length - SegmentLayout.TRAILER_BYTES;
        if (trailer < SegmentLayout.STREAM_OFFSET
                || !Arrays.equals(Memory.bytes(address, SegmentLayout.MAGIC.length), SegmentLayout.MAGIC)
                || !Arrays.equals(
                        Memory.bytes(address + trailer + Integer.BYTES, SegmentLayout.MAGIC.length),
                        SegmentLayout.MAGIC)) {
            throw new DamagedException("it does not begin and end with ARROW1");
        }
        int footerBytes = Memory.getInt(address + trailer);
        if (footerBytes < Integer.BYTES
                || footerBytes > Math.min(trailer - SegmentLayout.STREAM_OFFSET, FileMessage.MOST_METADATA_BYTES)) {
            throw new DamagedException("at offset " + trailer + " the footer length is " + footerBytes);
        }
        FileFooter footer = new FileFooter(Memory.bytes(address + trailer - footerBytes, footerBytes), length);
        // However many it claims to have, each takes its bytes of the footer.
        int most = footerBytes / BLOCK_BYTES;
        if (footer.batchCount() > most || footer.dictionaryCount() > most) {
            throw new DamagedException("its footer of " + footerBytes + " bytes names " + footer.batchCount()
                    + " record batches and " + footer.dictionaryCount() + " dictionaries");
        }
        return footer;
    }

    /** A copy of its bytes with zeros for where batches and dictionaries are: equal for all files of a writer and schema. */
    byte[] withoutBlocks() {
        byte[] copy = bytes.clone();
        clear(copy, RECORD_BATCHES, batchCount());
        clear(copy, DICTIONARIES, dictionaryCount());
        return copy;
    }

    private static void clear(byte[] footer, int field, int blocks) {
        if (blocks > 0) {
            ByteBuffer buffer = ByteBuffer.wrap(footer).order(ByteOrder.LITTLE_ENDIAN);
            int table = buffer.getInt(0);
            int fields = table - buffer.getInt(table);
            int vector = table + buffer.getShort(fields + field);
            int first = vector + buffer.getInt(vector) + Integer.BYTES;
            Arrays.fill(footer, first, first + blocks * BLOCK_BYTES, (byte) 0);
        }
    }

    int batchCount() {
        return footer.recordBatchesLength();
    }

    int dictionaryCount() {
        return footer.dictionariesLength();
    }

    /** @throws DamagedException if the batch does not lie within the file */
    Block batch(int index) {
        return inside("record batch " + index, footer.recordBatches(index));
    }

    /** @throws DamagedException if the dictionary does not lie within the file */
    Block dictionary(int index) {
        return inside("dictionary " + index, footer.dictionaries(index));
    }

    private Block inside(String what, Block block) {
        long metadataEnd = Math.addExact(block.offset(), (long) block.metaDataLength());
        boolean inside = block.offset() >= SegmentLayout.STREAM_OFFSET
                && block.metaDataLength() > SegmentLayout.PREFIX_BYTES
                && block.bodyLength() >= 0
                && Math.addExact(metadataEnd, block.bodyLength()) <= length - SegmentLayout.TRAILER_BYTES;
        if (!inside || block.offset() % Long.BYTES != 0 || metadataEnd % Long.BYTES != 0) {
            throw new DamagedException(what + " is said to be at offset " + block.offset() + " with "
                    + block.metaDataLength() + " bytes of metadata and " + block.bodyLength() + " of body");
        }
        return block;
    }
}
