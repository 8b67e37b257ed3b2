package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.memory.ArrayMemory;
import java.nio.ByteBuffer;
import java.util.function.DoubleUnaryOperator;

/**
 * An array that can be written: one that is being made, or one in memory that is shared for writing. Its views can be
 * written too. {@code array.at(i, j).set(value)} writes one element; what has the word set or fill in its name, and {@link
 * #update}, writes all of them. Writers of the same elements see to their order themselves.
 */
public final class MutableNdArray extends NdArray {
    MutableNdArray(ArrayMemory memory, ArrayHeader header) {
        super(memory, header);
    }

    @Override
    public MutableNdArray slice(int axis, long start, long stop) {
        return (MutableNdArray) super.slice(axis, start, stop);
    }

    @Override
    public MutableNdArray slice(int axis, long start, long stop, long step) {
        return (MutableNdArray) super.slice(axis, start, stop, step);
    }

    @Override
    public MutableNdArray select(int axis, long index) {
        return (MutableNdArray) super.select(axis, index);
    }

    @Override
    public MutableNdArray transpose() {
        return (MutableNdArray) super.transpose();
    }

    @Override
    public MutableNdArray transpose(int... axes) {
        return (MutableNdArray) super.transpose(axes);
    }

    @Override
    public MutableNdArray reshape(long... shape) {
        return (MutableNdArray) super.reshape(shape);
    }

    @Override
    public MutableNdArray field(String name) {
        return (MutableNdArray) super.field(name);
    }

    @Override
    public NdArray asReadOnly() {
        return new NdArray(memory, header);
    }

    @Override
    MutableNdArray view(ArrayHeader of) {
        return new MutableNdArray(memory, of);
    }

    /**
     * The place of an element of a one-dimensional array.
     *
     * @throws SharedMemoryException ARGUMENT if the index is outside the shape
     */
    public Element at(long i) {
        return new Element(this, layout.offset(i));
    }

    /**
     * The place of an element of a two-dimensional array.
     *
     * @throws SharedMemoryException ARGUMENT if the index is outside the shape
     */
    public Element at(long i, long j) {
        return new Element(this, layout.offset(i, j));
    }

    /**
     * The place of an element of a three-dimensional array.
     *
     * @throws SharedMemoryException ARGUMENT if the index is outside the shape
     */
    public Element at(long i, long j, long k) {
        return new Element(this, layout.offset(i, j, k));
    }

    /**
     * The place of an element of a four-dimensional array.
     *
     * @throws SharedMemoryException ARGUMENT if the index is outside the shape
     */
    public Element at(long i, long j, long k, long l) {
        return new Element(this, layout.offset(i, j, k, l));
    }

    /**
     * The place of an element of an array of any number of dimensions.
     *
     * @param index one for each dimension
     * @throws SharedMemoryException ARGUMENT if the index is outside the shape
     */
    public Element at(long... index) {
        return new Element(this, layout.offset(index));
    }

    /** Sets all elements to a truth value, as {@link Element#set(boolean)} sets one. */
    public void fill(boolean value) {
        BulkCopy.fill(this, address -> type.putBoolean(address, value));
    }

    /** Sets all elements to a whole number, as {@link Element#set(long)} sets one. */
    public void fill(long value) {
        BulkCopy.fill(this, address -> type.putLong(address, value));
    }

    /** Sets all elements to a floating-point number, as {@link Element#set(double)} sets one. */
    public void fill(double value) {
        BulkCopy.fill(this, address -> type.putDouble(address, value));
    }

    /** Sets all elements to a complex number, as {@link Element#set(double, double)} sets one. */
    public void fill(double real, double imaginary) {
        BulkCopy.fill(this, address -> type.putComplex(address, real, imaginary));
    }

    /** Sets all elements to a text, as {@link Element#set(String)} sets one. */
    public void fill(String value) {
        BulkCopy.fill(this, address -> type.putString(address, itemSize(), value));
    }

    /**
     * Changes every element in place to what a function makes of it. Elements are read as {@link #getDouble} does and
     * written as {@link Element#set(double)} does, in no order.
     *
     * @throws SharedMemoryException ARGUMENT if the elements are no floating-point numbers, CLOSED
     */
    public void update(DoubleUnaryOperator function) {
        DoubleMap.map(this, this, function);
    }

    /**
     * Sets every element to what a function makes of that of another array. Elements are read as {@link #getDouble} does
     * and written as {@link Element#set(double)} does, in no order.
     *
     * @param source of the same shape; shares no elements with this array, or the same
     * @throws SharedMemoryException ARGUMENT if the shapes differ, the source has no such numbers, or the elements of this
     *     array are no floating-point numbers; CLOSED
     */
    public void setAll(NdArray source, DoubleUnaryOperator function) {
        DoubleMap.map(source, this, function);
    }

    /**
     * Sets all elements of an array of bool, int8 or uint8 to bytes, in C order.
     *
     * @param offset of the first byte to take
     * @throws SharedMemoryException ARGUMENT if the type is another or there are too few bytes, CLOSED
     */
    public void copyFrom(byte[] source, int offset) {
        BulkCopy.fromArray(this, source, source.length, offset, Byte.BYTES);
    }

    /**
     * Sets all elements of an array of int16, uint16 or float16 to these bits, in C order.
     *
     * @param offset of the first value to take
     * @throws SharedMemoryException ARGUMENT if the type is another or there are too few values, CLOSED
     */
    public void copyFrom(short[] source, int offset) {
        BulkCopy.fromArray(this, source, source.length, offset, Short.BYTES);
    }

    /**
     * Sets all elements, in C order: those of int32 and uint32 to these bits, others as {@link Element#set(long)} does.
     *
     * @param offset of the first value to take
     * @throws SharedMemoryException ARGUMENT if the type takes no whole numbers or not this one, or there are too few
     *     values; CLOSED
     */
    public void copyFrom(int[] source, int offset) {
        if (BulkCopy.isInteger(this, Integer.BYTES)) {
            BulkCopy.fromArray(this, source, source.length, offset, Integer.BYTES);
        } else {
            BulkCopy.forEach(this, source.length, offset, (address, i) -> type.putLong(address, source[i]));
        }
    }

    /**
     * Sets all elements, in C order: those of int64, uint64 and times to these bits, others as {@link Element#set(long)}
     * does.
     *
     * @param offset of the first value to take
     * @throws SharedMemoryException ARGUMENT if the type takes no whole numbers or not this one, or there are too few
     *     values; CLOSED
     */
    public void copyFrom(long[] source, int offset) {
        if (BulkCopy.isInteger(this, Long.BYTES)) {
            BulkCopy.fromArray(this, source, source.length, offset, Long.BYTES);
        } else {
            BulkCopy.forEach(this, source.length, offset, (address, i) -> type.putLong(address, source[i]));
        }
    }

    /**
     * Sets all elements, in C order: those of floating-point types as {@link Element#set(double)} does, those of complex64
     * to pairs of a real and an imaginary part.
     *
     * @param offset of the first value to take
     * @throws SharedMemoryException ARGUMENT if the type is another or there are too few values, CLOSED
     */
    public void copyFrom(float[] source, int offset) {
        if (type == ElementType.FLOAT32 || type == ElementType.COMPLEX64) {
            BulkCopy.fromArray(this, source, source.length, offset, Float.BYTES);
        } else {
            BulkCopy.forEach(this, source.length, offset, (address, i) -> type.putDouble(address, source[i]));
        }
    }

    /**
     * Sets all elements, in C order: those of floating-point types as {@link Element#set(double)} does, those of complex128
     * to pairs of a real and an imaginary part.
     *
     * @param offset of the first value to take
     * @throws SharedMemoryException ARGUMENT if the type is another or there are too few values, CLOSED
     */
    public void copyFrom(double[] source, int offset) {
        if (type == ElementType.FLOAT64 || type == ElementType.COMPLEX128) {
            BulkCopy.fromArray(this, source, source.length, offset, Double.BYTES);
        } else {
            BulkCopy.forEach(this, source.length, offset, (address, i) -> type.putDouble(address, source[i]));
        }
    }

    /**
     * Sets all elements of an array of byte or unicode strings, in C order, as {@link Element#set(String)} does.
     *
     * @param offset of the first text to take
     * @throws SharedMemoryException ARGUMENT if the type is another, a text does not fit, or there are too few; CLOSED
     */
    public void copyFrom(String[] source, int offset) {
        BulkCopy.forEach(this, source.length, offset, (address, i) -> type.putString(address, itemSize(), source[i]));
    }

    /**
     * Sets all elements, of any type, to bytes as they are to lie in memory: in C order, little endian, structures with
     * their gaps.
     *
     * @param source direct, or over an array; it moves on by as many bytes
     * @throws SharedMemoryException ARGUMENT if it has too few bytes left, CLOSED
     */
    public void copyFrom(ByteBuffer source) {
        BulkCopy.fromBuffer(this, source);
    }
}
