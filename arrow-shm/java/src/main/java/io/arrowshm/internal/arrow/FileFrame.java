package io.arrowshm.internal.arrow;

import io.arrowshm.internal.memory.Memory;
import java.nio.ByteBuffer;

/** Writes what stands around the batches of an Arrow file: its beginning, encapsulated messages, and its end. Stateless. */
final class FileFrame {
    private FileFrame() {}

    /** Writes the magic with which a file begins. */
    static void begin(long address) {
        Memory.putLong(address, 0);
        Memory.copy(SegmentLayout.MAGIC, 0, address, SegmentLayout.MAGIC.length);
    }

    /** Writes an encapsulated message whose metadata is padded with zeros up to the end. */
    static void message(long start, long end, ByteBuffer metadata) {
        long metadataStart = start + SegmentLayout.PREFIX_BYTES;
        Memory.putInt(start, -1);
        Memory.putInt(start + Integer.BYTES, (int) (end - metadataStart));
        int length = metadata.remaining();
        Memory.copy(metadata.array(), metadata.arrayOffset() + metadata.position(), metadataStart, length);
        Memory.fill(metadataStart + length, end - metadataStart - length, (byte) 0);
    }

    /** Writes the end of the stream, and returns the address of the footer, which comes next. */
    static long endStream(long address) {
        Memory.putInt(address, -1);
        Memory.putInt(address + Integer.BYTES, 0);
        return address + SegmentLayout.END_OF_STREAM_BYTES;
    }

    /** Writes what comes behind a footer, and returns the address of the end of the file. */
    static long end(long footer, int footerBytes) {
        long trailer = footer + footerBytes;
        Memory.putInt(trailer, footerBytes);
        Memory.copy(SegmentLayout.MAGIC, 0, trailer + Integer.BYTES, SegmentLayout.MAGIC.length);
        return trailer + SegmentLayout.TRAILER_BYTES;
    }
}
