package io.arrowshm.array;

import io.arrowshm.internal.memory.Memory;
import java.util.function.DoubleUnaryOperator;

/**
 * An array that can be written: one that is being made, or one in memory that is shared for writing. Its views can be
 * written too. A type that cannot take a value refuses with ARGUMENT, as does an index outside the shape. Writers of the
 * same elements see to their order themselves.
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

    /** Of bool. */
    public void setBoolean(long i, boolean value) {
        putBoolean(address(i), value);
    }

    /** Of bool. */
    public void setBoolean(long i, long j, boolean value) {
        putBoolean(address(i, j), value);
    }

    /** Of bool. */
    public void setBoolean(long[] index, boolean value) {
        putBoolean(address(index), value);
    }

    /** Of integers and times, in their range; of floating-point numbers the nearest. */
    public void setLong(long i, long value) {
        putLong(address(i), value);
    }

    /** Of integers and times, in their range; of floating-point numbers the nearest. */
    public void setLong(long i, long j, long value) {
        putLong(address(i, j), value);
    }

    /** Of integers and times, in their range; of floating-point numbers the nearest. */
    public void setLong(long[] index, long value) {
        putLong(address(index), value);
    }

    /** Of floating-point numbers, the nearest. */
    public void setDouble(long i, double value) {
        putDouble(address(i), value);
    }

    /** Of floating-point numbers, the nearest. */
    public void setDouble(long i, long j, double value) {
        putDouble(address(i, j), value);
    }

    /** Of floating-point numbers, the nearest. */
    public void setDouble(long[] index, double value) {
        putDouble(address(index), value);
    }

    /** Of complex numbers, the nearest. */
    public void setComplex(long i, double real, double imaginary) {
        putComplex(address(i), real, imaginary);
    }

    /** Of complex numbers, the nearest. */
    public void setComplex(long i, long j, double real, double imaginary) {
        putComplex(address(i, j), real, imaginary);
    }

    /** Of complex numbers, the nearest. */
    public void setComplex(long[] index, double real, double imaginary) {
        putComplex(address(index), real, imaginary);
    }

    /** Of byte and unicode strings, if it has room. */
    public void setString(long i, String value) {
        putString(address(i), value);
    }

    /** Of byte and unicode strings, if it has room. */
    public void setString(long i, long j, String value) {
        putString(address(i, j), value);
    }

    /** Of byte and unicode strings, if it has room. */
    public void setString(long[] index, String value) {
        putString(address(index), value);
    }

    private void putBoolean(long address, boolean value) {
        type.putBoolean(address, value);
    }

    private void putLong(long address, long value) {
        if (type == ElementType.INT64) {
            Memory.putLong(address, value);
        } else {
            type.putLong(address, value);
        }
    }

    private void putDouble(long address, double value) {
        if (type == ElementType.FLOAT64) {
            Memory.putDouble(address, value);
        } else {
            type.putDouble(address, value);
        }
    }

    private void putComplex(long address, double real, double imaginary) {
        type.putComplex(address, real, imaginary);
    }

    private void putString(long address, String value) {
        type.putString(address, header.dtype().itemSize(), value);
    }

    /** Sets all elements, as {@link #setBoolean} does. */
    public void fill(boolean value) {
        BulkCopy.fill(this, address -> putBoolean(address, value));
    }

    /** Sets all elements, as {@link #setLong} does. */
    public void fill(long value) {
        BulkCopy.fill(this, address -> putLong(address, value));
    }

    /** Sets all elements, as {@link #setDouble} does. */
    public void fill(double value) {
        BulkCopy.fill(this, address -> putDouble(address, value));
    }

    /** Sets all elements, as {@link #setComplex} does. */
    public void fill(double real, double imaginary) {
        BulkCopy.fill(this, address -> putComplex(address, real, imaginary));
    }

    /** Sets all elements, as {@link #setString} does. */
    public void fill(String value) {
        BulkCopy.fill(this, address -> putString(address, value));
    }

    /**
     * Sets every element to what a function makes of that of another array, or of this one itself, which changes it in
     * place. Elements are read as {@link #getDouble} and written as {@link #setDouble} does, in no order.
     *
     * @param source of the same shape; shares no elements with this one, or the same
     * @throws SharedMemoryException ARGUMENT if the shapes differ
     */
    public void setAll(NdArray source, DoubleUnaryOperator function) {
        DoubleMap.map(source, this, function);
    }

    /** Sets all elements in C order: of bool, int8 and uint8 the bytes. */
    public void copyFrom(byte[] source, int offset) {
        BulkCopy.fromArray(this, source, source.length, offset, Byte.BYTES);
    }

    /** Sets all elements in C order: of int16, uint16 and float16 the bits. */
    public void copyFrom(short[] source, int offset) {
        BulkCopy.fromArray(this, source, source.length, offset, Short.BYTES);
    }

    /** Sets all elements in C order: of int32 and uint32 the bits, of others as {@link #setLong} does. */
    public void copyFrom(int[] source, int offset) {
        if (BulkCopy.isInteger(this, Integer.BYTES)) {
            BulkCopy.fromArray(this, source, source.length, offset, Integer.BYTES);
        } else {
            BulkCopy.forEach(this, source.length, offset, (address, i) -> type.putLong(address, source[i]));
        }
    }

    /** Sets all elements in C order: of integers of 64 bits and times the bits, of others as {@link #setLong} does. */
    public void copyFrom(long[] source, int offset) {
        if (BulkCopy.isInteger(this, Long.BYTES)) {
            BulkCopy.fromArray(this, source, source.length, offset, Long.BYTES);
        } else {
            BulkCopy.forEach(this, source.length, offset, (address, i) -> type.putLong(address, source[i]));
        }
    }

    /** Sets all elements in C order: of complex64 real and imaginary part in turn, of others as {@link #setDouble} does. */
    public void copyFrom(float[] source, int offset) {
        if (type == ElementType.FLOAT32 || type == ElementType.COMPLEX64) {
            BulkCopy.fromArray(this, source, source.length, offset, Float.BYTES);
        } else {
            BulkCopy.forEach(this, source.length, offset, (address, i) -> type.putDouble(address, source[i]));
        }
    }

    /** Sets all elements in C order: of complex128 real and imaginary part in turn, of others as {@link #setDouble} does. */
    public void copyFrom(double[] source, int offset) {
        if (type == ElementType.FLOAT64 || type == ElementType.COMPLEX128) {
            BulkCopy.fromArray(this, source, source.length, offset, Double.BYTES);
        } else {
            BulkCopy.forEach(this, source.length, offset, (address, i) -> type.putDouble(address, source[i]));
        }
    }

    /** Sets all elements in C order, as {@link #setString} does. */
    public void copyFrom(String[] source, int offset) {
        BulkCopy.forEach(this, source.length, offset, (address, i) -> putString(address, source[i]));
    }
}
