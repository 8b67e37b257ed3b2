package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.ArrayMemory;
import io.arrowshm.internal.secrets.ArraySecrets;
import java.util.Arrays;

/**
 * Makes and opens arrays in place. What Arrow's tensors can express is an Arrow IPC tensor message, for which
 * {@code pyarrow.ipc.read_tensor} needs no copy; everything else is an .npy file, for which {@code numpy.load} with
 * {@code mmap_mode} needs none, with names and attributes behind the data. Any thread.
 */
final class ArrayFormat implements ArraySecrets<ArraySpec, NdArray, MutableNdArray> {
    static final ArrayFormat INSTANCE = new ArrayFormat();

    private ArrayFormat() {}

    @Override
    public MutableNdArray create(ArrayMemory memory, ArraySpec spec) {
        EncodedArray encoded = spec.encoded();
        if (memory.length() != encoded.bytes()) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, memory + " is not as long as the array, which takes " + encoded.bytes() + " bytes");
        }
        encoded.writeTo(memory.address(0));
        return new MutableNdArray(memory, encoded.header());
    }

    @Override
    public boolean isArray(long address, long length) {
        return HeaderBytes.isTensor(address, length) || HeaderBytes.isNpy(address, length);
    }

    @Override
    public NdArray open(ArrayMemory memory) {
        return new NdArray(memory, header(memory));
    }

    @Override
    public String describe(ArrayMemory memory) {
        NdArray array = open(memory);
        return array.dtype() + " " + Arrays.toString(array.shape());
    }

    @Override
    public MutableNdArray openMutable(ArrayMemory memory) {
        return new MutableNdArray(memory, header(memory));
    }

    @Override
    public ArrayMemory memory(NdArray array) {
        return array.memory;
    }

    @Override
    public long offset(NdArray array) {
        return array.header.layout().offset();
    }

    @Override
    public byte[] encodeView(NdArray array) {
        return ViewFormat.encode(array.header);
    }

    @Override
    public NdArray openView(ArrayMemory memory, byte[] view, boolean writable) {
        ArrayHeader header = ViewFormat.decode(view, memory);
        return writable ? new MutableNdArray(memory, header) : new NdArray(memory, header);
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
