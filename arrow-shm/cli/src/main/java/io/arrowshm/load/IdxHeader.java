package io.arrowshm.load;

import io.arrowshm.load.file.UnreadableFileException;
import java.io.DataInputStream;
import java.io.IOException;

/**
 * The header of an IDX file of unsigned bytes: two zero bytes, the element type, the number of dimensions, then every
 * dimension as a big-endian int; the first one counts the items.
 *
 * @param count items in the file, 0 or more
 * @param itemBytes bytes of one item: the product of the other dimensions
 * @param shape the dimensions as people write them, for example 60000x28x28
 */
record IdxHeader(int count, int itemBytes, String shape) {
    private static final int UNSIGNED_BYTE = 0x08;

    private static final String FETCH_AGAIN = "fetch the file again";

    /**
     * Reads the header from the start of the decompressed stream.
     *
     * @throws UnreadableFileException if it is not the header of unsigned bytes with that many dimensions
     * @throws IOException if the stream ends or cannot be decompressed
     */
    static IdxHeader read(DataInputStream stream, String file, int dimensionCount) throws IOException {
        int zero = stream.readUnsignedShort();
        if (zero != 0) {
            throw new UnreadableFileException(
                    file, "not an IDX file: it starts with 0x%04x".formatted(zero), "0x0000", FETCH_AGAIN);
        }
        int type = stream.readUnsignedByte();
        if (type != UNSIGNED_BYTE) {
            throw new UnreadableFileException(
                    file,
                    "IDX element type 0x%02x".formatted(type),
                    "0x08, unsigned bytes",
                    "convert the elements to unsigned bytes");
        }
        int dimensions = stream.readUnsignedByte();
        if (dimensions != dimensionCount) {
            throw new UnreadableFileException(
                    file,
                    "%d dimensions".formatted(dimensions),
                    "%d".formatted(dimensionCount),
                    "check that images and labels are not swapped");
        }
        int count = dimension(stream, file);
        StringBuilder shape = new StringBuilder().append(count);
        long itemBytes = 1;
        for (int d = 1; d < dimensions; d++) {
            int size = dimension(stream, file);
            shape.append('x').append(size);
            itemBytes *= size;
            if (itemBytes > Integer.MAX_VALUE) {
                throw new UnreadableFileException(
                        file, "items of shape " + shape, "at most 2 GiB an item", FETCH_AGAIN);
            }
        }
        return new IdxHeader(count, (int) itemBytes, shape.toString());
    }

    long bodyBytes() {
        return (long) count * itemBytes;
    }

    private static int dimension(DataInputStream stream, String file) throws IOException {
        int size = stream.readInt();
        if (size < 0) {
            throw new UnreadableFileException(
                    file,
                    "a dimension of %d".formatted(Integer.toUnsignedLong(size)),
                    "at most %d".formatted(Integer.MAX_VALUE),
                    FETCH_AGAIN);
        }
        return size;
    }
}
