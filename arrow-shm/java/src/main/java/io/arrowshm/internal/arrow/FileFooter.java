package io.arrowshm.internal.arrow;

import io.arrowshm.internal.memory.Memory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.Footer;

/** The end of an Arrow file: where its batches and dictionaries are. Immutable; any thread. */
final class FileFooter {
    private static final int BLOCK_BYTES = 3 * Long.BYTES;

    private final Footer footer;
    private final long length;

    private FileFooter(Footer footer, long length) {
        this.footer = footer;
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
        Footer footer =
                Footer.getRootAsFooter(ByteBuffer.wrap(Memory.bytes(address + trailer - footerBytes, footerBytes)));
        // However many it claims to have, each takes its bytes of the footer.
        int most = footerBytes / BLOCK_BYTES;
        if (footer.recordBatchesLength() > most || footer.dictionariesLength() > most) {
            throw new DamagedException("its footer of " + footerBytes + " bytes names " + footer.recordBatchesLength()
                    + " record batches and " + footer.dictionariesLength() + " dictionaries");
        }
        return new FileFooter(footer, length);
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
