package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;

/**
 * Makes and opens arrays in place. What Arrow's tensors can express is an Arrow IPC tensor message, for which
 * {@code pyarrow.ipc.read_tensor} needs no copy; everything else is an .npy file, for which {@code numpy.load} with
 * {@code mmap_mode} needs none, with names and attributes behind the data. Any thread.
 */
public final class ArrayFormat {
    private ArrayFormat() {}

    /**
     * Bytes that such an array takes with its header.
     *
     * @throws SharedMemoryException ARGUMENT if its header is too large
     */
    public static long bytes(ArraySpec spec) {
        return spec.encoded().bytes();
    }

    /**
     * Makes an array: writes what stands around the data and does not touch the data, which may be anything until it is
     * written.
     *
     * @param memory of exactly {@link #bytes} bytes
     * @throws SharedMemoryException ARGUMENT, CLOSED
     */
    public static MutableNdArray create(ArrayMemory memory, ArraySpec spec) {
        EncodedArray encoded = spec.encoded();
        if (memory.length() != encoded.bytes()) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, memory + " is not as long as the array, which takes " + encoded.bytes() + " bytes");
        }
        encoded.writeTo(memory.address(0));
        return new MutableNdArray(memory, encoded.header());
    }

    /** Whether the memory may hold an array; cheap, {@link #open} looks closer. */
    public static boolean isArray(long address, long length) {
        return HeaderBytes.isTensor(address, length) || HeaderBytes.isNpy(address, length);
    }

    /**
     * Opens an array to be read.
     *
     * @throws SharedMemoryException CORRUPT if the bytes are no array that can be read in place, CLOSED
     */
    public static NdArray open(ArrayMemory memory) {
        return new NdArray(memory, header(memory));
    }

    /**
     * Opens an array to be read and written; the memory is known to be writable.
     *
     * @throws SharedMemoryException CORRUPT if the bytes are no array that can be read in place, CLOSED
     */
    public static MutableNdArray openMutable(ArrayMemory memory) {
        return new MutableNdArray(memory, header(memory));
    }

    private static ArrayHeader header(ArrayMemory memory) {
        long address = memory.address(0);
        try {
            return HeaderCache.parse(address, memory.length());
        } catch (RuntimeException | AssertionError e) {
            // Flatbuffers tables follow the offsets that the bytes give them, and run into the end of their buffer.
            throw new SharedMemoryException(
                    Kind.CORRUPT,
                    memory + " is not a readable array: "
                            + (e instanceof DamagedArrayException ? "" : "in the header at offset 0: ")
                            + e.getMessage(),
                    e);
        }
    }
}
