package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.Memory;

/** An array as bytes, without its data: what stands in front of the data and behind it. Immutable. */
final class EncodedArray {
    private final byte[] head;
    private final byte[] tail;
    private final long dataBytes;
    private final ArrayHeader header;

    /**
     * @param head its length is where the data begins, a multiple of 64
     * @throws SharedMemoryException ARGUMENT if the header or the trailer is too large
     */
    EncodedArray(ArraySpec spec, byte[] head, byte[] tail) {
        this.head = head;
        this.tail = tail;
        dataBytes = spec.dataBytes();
        header = spec.header(head.length);
        int allowed = HeaderBytes.MAX_BYTES;
        if (head.length > allowed || tail.length > allowed) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "the header of the array has " + head.length + " bytes and its trailer " + tail.length
                            + ", allowed " + allowed + " each; use fewer or shorter attributes");
        }
    }

    /** Zeros up to a multiple of 8 behind the data. */
    static int paddingBehind(long dataBytes) {
        return (int) (-dataBytes & 7);
    }

    /** Bytes of the whole. */
    long bytes() {
        return head.length + dataBytes + tail.length;
    }

    ArrayHeader header() {
        return header;
    }

    /** Writes all but the data. */
    void writeTo(long address) {
        Memory.copy(head, 0, address, head.length);
        Memory.copy(tail, 0, address + head.length + dataBytes, tail.length);
    }
}
