package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.memory.ArrayMemory;
import io.arrowshm.internal.memory.StridedBytes;
import io.arrowshm.internal.secrets.Secrets;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * An n-dimensional array in place: a typed, read-only view of memory. There are no setters here; see
 * {@link MutableNdArray}. Sizes, indices and strides are 64 bits wide. Views share the memory, cost no copy, and live as
 * long as it does: after it is closed every access throws CLOSED. Any thread, but not closing while another thread reads.
 */
public class NdArray extends ElementReader {
    static {
        Secrets.leaveArrays(ArrayFormat.INSTANCE);
    }

    NdArray(ArrayMemory memory, ArrayHeader header) {
        super(memory, header);
    }

    public final DType dtype() {
        return header.dtype();
    }

    /** Elements along each axis; a copy. */
    public final long[] shape() {
        return header.layout().shape().clone();
    }

    /** Elements along an axis. */
    public final long length(int axis) {
        return header.layout().length(axis);
    }

    /** Bytes from one element to the next along each axis; a copy. */
    public final long[] strides() {
        return header.layout().strides().clone();
    }

    public final int dimensions() {
        return header.layout().dimensions();
    }

    /** Elements in all. */
    public final long size() {
        return header.layout().size();
    }

    /** Bytes of an element. */
    public final int itemSize() {
        return header.dtype().itemSize();
    }

    public final ArrayOrder order() {
        return header.layout().order(itemSize());
    }

    /** A name for each axis, empty for one without. */
    public final List<String> dimensionNames() {
        return header.names();
    }

    /** What the writer said about the array; views have those of the whole. */
    public final Map<String, String> attributes() {
        return header.attributes();
    }

    /** Elements start to stop, exclusively, of an axis. */
    public NdArray slice(int axis, long start, long stop) {
        return slice(axis, start, stop, 1);
    }

    /**
     * Elements start, start + step and so on of an axis, up to stop, exclusively. Going backwards to the first element
     * takes -1 as stop; nothing counts from the end.
     *
     * @throws SharedMemoryException ARGUMENT if start or stop are outside
     */
    public NdArray slice(int axis, long start, long stop, long step) {
        return view(header.slice(axis, start, stop, step));
    }

    /**
     * The elements at one index of an axis: an array of one dimension less.
     *
     * @throws SharedMemoryException ARGUMENT if the index is outside
     */
    public NdArray select(int axis, long index) {
        return view(header.select(axis, index));
    }

    /** The axes in reverse. */
    public NdArray transpose() {
        int[] axes = new int[dimensions()];
        Arrays.setAll(axes, i -> axes.length - 1 - i);
        return transpose(axes);
    }

    /**
     * The axes in another order: axis i of the result is axis axes[i] of this array.
     *
     * @throws SharedMemoryException ARGUMENT if each does not come once
     */
    public NdArray transpose(int... axes) {
        return view(header.transpose(axes));
    }

    /**
     * The same elements in C order in another shape; the axes have no names.
     *
     * @throws SharedMemoryException ARGUMENT if the size differs, or if it needs a copy
     */
    public NdArray reshape(long... shape) {
        return view(header.reshape(shape));
    }

    /**
     * One field of every structure. A sub-array adds its axes behind the others.
     *
     * @throws SharedMemoryException ARGUMENT if there is no such field
     */
    public NdArray field(String name) {
        return view(header.field(name));
    }

    /** The same elements without setters. */
    public NdArray asReadOnly() {
        return this;
    }

    NdArray view(ArrayHeader of) {
        return new NdArray(memory, of);
    }

    /**
     * Copies all elements to another array; the two must not overlap.
     *
     * @throws SharedMemoryException ARGUMENT if types or shapes differ
     */
    public final void copyTo(MutableNdArray target) {
        BulkCopy.copy(this, target);
    }

    /**
     * Copies the elements of an array of bool, int8 or uint8 as bytes, in C order.
     *
     * @param offset where the first one goes
     * @throws SharedMemoryException ARGUMENT if the type is another or the target is too short, CLOSED
     */
    public final void copyTo(byte[] target, int offset) {
        BulkCopy.toArray(this, target, target.length, offset, Byte.BYTES);
    }

    /**
     * Copies the bits of the elements of an array of int16, uint16 or float16, in C order.
     *
     * @param offset where the first one goes
     * @throws SharedMemoryException ARGUMENT if the type is another or the target is too short, CLOSED
     */
    public final void copyTo(short[] target, int offset) {
        BulkCopy.toArray(this, target, target.length, offset, Short.BYTES);
    }

    /**
     * Copies the elements, in C order: of int32 and uint32 the bits, of other types what {@link #getInt} returns.
     *
     * @param offset where the first one goes
     * @throws SharedMemoryException ARGUMENT if the type has no int or the target is too short, CLOSED
     */
    public final void copyTo(int[] target, int offset) {
        if (BulkCopy.isInteger(this, Integer.BYTES)) {
            BulkCopy.toArray(this, target, target.length, offset, Integer.BYTES);
        } else {
            BulkCopy.forEach(this, target.length, offset, (address, i) -> target[i] = type.getInt(address));
        }
    }

    /**
     * Copies the elements of an array of integers or times, in C order, as {@link #getLong} returns them.
     *
     * @param offset where the first one goes
     * @throws SharedMemoryException ARGUMENT if the type is another or the target is too short, CLOSED
     */
    public final void copyTo(long[] target, int offset) {
        if (BulkCopy.isInteger(this, Long.BYTES)) {
            BulkCopy.toArray(this, target, target.length, offset, Long.BYTES);
        } else {
            BulkCopy.forEach(this, target.length, offset, (address, i) -> target[i] = type.getLong(address));
        }
    }

    /**
     * Copies the elements of an array of float16 or float32, or the pairs of a real and an imaginary part of one of
     * complex64, in C order.
     *
     * @param offset where the first one goes
     * @throws SharedMemoryException ARGUMENT if the type is another or the target is too short, CLOSED
     */
    public final void copyTo(float[] target, int offset) {
        if (type == ElementType.FLOAT32 || type == ElementType.COMPLEX64) {
            BulkCopy.toArray(this, target, target.length, offset, Float.BYTES);
        } else {
            BulkCopy.forEach(this, target.length, offset, (address, i) -> target[i] = type.getFloat(address));
        }
    }

    /**
     * Copies the elements of an array of integers or floating-point numbers as {@link #getDouble} returns them, or the
     * pairs of a real and an imaginary part of one of complex128, in C order.
     *
     * @param offset where the first one goes
     * @throws SharedMemoryException ARGUMENT if the type is another or the target is too short, CLOSED
     */
    public final void copyTo(double[] target, int offset) {
        if (type == ElementType.FLOAT64 || type == ElementType.COMPLEX128) {
            BulkCopy.toArray(this, target, target.length, offset, Double.BYTES);
        } else {
            BulkCopy.forEach(this, target.length, offset, (address, i) -> target[i] = type.getDouble(address));
        }
    }

    /**
     * Copies the texts of an array of byte or unicode strings, in C order.
     *
     * @param offset where the first one goes
     * @throws SharedMemoryException ARGUMENT if the type is another or the target is too short, CLOSED
     */
    public final void copyTo(String[] target, int offset) {
        BulkCopy.forEach(this, target.length, offset, (address, i) -> target[i] = type.getString(address, itemSize()));
    }

    /**
     * Copies elements of any type as they lie in memory: in C order, little endian, structures with their gaps.
     *
     * @param target direct, or over an array; it moves on by as many bytes
     * @throws SharedMemoryException ARGUMENT if it has too few bytes left, CLOSED
     */
    public final void copyTo(ByteBuffer target) {
        BulkCopy.toBuffer(this, target);
    }

    /**
     * The elements in C order, as {@link #copyTo(byte[], int)} copies them.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or they are too many for a Java array; CLOSED
     */
    public final byte[] toBytes() {
        byte[] values = new byte[BulkCopy.lengthOfJavaArray(this)];
        copyTo(values, 0);
        return values;
    }

    /**
     * The elements in C order, as {@link #copyTo(short[], int)} copies them.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or they are too many for a Java array; CLOSED
     */
    public final short[] toShorts() {
        short[] values = new short[BulkCopy.lengthOfJavaArray(this)];
        copyTo(values, 0);
        return values;
    }

    /**
     * The elements in C order, as {@link #copyTo(int[], int)} copies them.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or they are too many for a Java array; CLOSED
     */
    public final int[] toInts() {
        int[] values = new int[BulkCopy.lengthOfJavaArray(this)];
        copyTo(values, 0);
        return values;
    }

    /**
     * The elements in C order, as {@link #copyTo(long[], int)} copies them.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or they are too many for a Java array; CLOSED
     */
    public final long[] toLongs() {
        long[] values = new long[BulkCopy.lengthOfJavaArray(this)];
        copyTo(values, 0);
        return values;
    }

    /**
     * The elements in C order, as {@link #copyTo(float[], int)} copies them.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or they are too many for a Java array; CLOSED
     */
    public final float[] toFloats() {
        float[] values = new float[BulkCopy.lengthOfJavaArray(this)];
        copyTo(values, 0);
        return values;
    }

    /**
     * The elements in C order, as {@link #copyTo(double[], int)} copies them.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or they are too many for a Java array; CLOSED
     */
    public final double[] toDoubles() {
        double[] values = new double[BulkCopy.lengthOfJavaArray(this)];
        copyTo(values, 0);
        return values;
    }

    /**
     * The elements in C order, as {@link #copyTo(String[], int)} copies them.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or they are too many for a Java array; CLOSED
     */
    public final String[] toStrings() {
        String[] values = new String[BulkCopy.lengthOfJavaArray(this)];
        copyTo(values, 0);
        return values;
    }

    /** Where the elements lie, for copies. */
    final StridedBytes bytes() {
        return StridedBytes.at(memory.address(header.layout().offset()));
    }

    @Override
    public final String toString() {
        return "array of " + dtype() + " " + Arrays.toString(header.layout().shape()) + " in " + memory;
    }
}
