package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.memory.Memory;

/**
 * Reads single elements of an array, by one index, by two, or by any number. A type that has no such value refuses with
 * ARGUMENT, as does an index outside the shape; a closed array with CLOSED. Nothing is allocated but by the last form, and
 * for texts.
 */
abstract class ElementReader {
    final ArrayMemory memory;
    final ArrayHeader header;
    // From the header, a step nearer.
    final ElementType type;
    private final StridedLayout layout;

    ElementReader(ArrayMemory memory, ArrayHeader header) {
        this.memory = memory;
        this.header = header;
        type = header.dtype().type();
        layout = header.layout();
    }

    /** @throws SharedMemoryException ARGUMENT, CLOSED */
    final long address(long i) {
        return memory.address(layout.offset(i));
    }

    /** @throws SharedMemoryException ARGUMENT, CLOSED */
    final long address(long i, long j) {
        return memory.address(layout.offset(i, j));
    }

    /** @throws SharedMemoryException ARGUMENT, CLOSED */
    final long address(long[] index) {
        return memory.address(layout.offset(index));
    }

    /** Of bool. */
    public final boolean getBoolean(long i) {
        return booleanAt(address(i));
    }

    /** Of bool. */
    public final boolean getBoolean(long i, long j) {
        return booleanAt(address(i, j));
    }

    /** Of bool. */
    public final boolean getBoolean(long... index) {
        return booleanAt(address(index));
    }

    /** Of integers of up to 32 bits, unsigned ones up to 16. */
    public final int getInt(long i) {
        return intAt(address(i));
    }

    /** Of integers of up to 32 bits, unsigned ones up to 16. */
    public final int getInt(long i, long j) {
        return intAt(address(i, j));
    }

    /** Of integers of up to 32 bits, unsigned ones up to 16. */
    public final int getInt(long... index) {
        return intAt(address(index));
    }

    /** Of integers and times; of uint64 the bits. */
    public final long getLong(long i) {
        return longAt(address(i));
    }

    /** Of integers and times; of uint64 the bits. */
    public final long getLong(long i, long j) {
        return longAt(address(i, j));
    }

    /** Of integers and times; of uint64 the bits. */
    public final long getLong(long... index) {
        return longAt(address(index));
    }

    /** Of float16 and float32. */
    public final float getFloat(long i) {
        return floatAt(address(i));
    }

    /** Of float16 and float32. */
    public final float getFloat(long i, long j) {
        return floatAt(address(i, j));
    }

    /** Of float16 and float32. */
    public final float getFloat(long... index) {
        return floatAt(address(index));
    }

    /** Of integers and floating-point numbers; nearest for integers of 64 bits. */
    public final double getDouble(long i) {
        return doubleAt(address(i));
    }

    /** Of integers and floating-point numbers; nearest for integers of 64 bits. */
    public final double getDouble(long i, long j) {
        return doubleAt(address(i, j));
    }

    /** Of integers and floating-point numbers; nearest for integers of 64 bits. */
    public final double getDouble(long... index) {
        return doubleAt(address(index));
    }

    /** The real part of a complex number. */
    public final double getReal(long i) {
        return realAt(address(i));
    }

    /** The real part of a complex number. */
    public final double getReal(long i, long j) {
        return realAt(address(i, j));
    }

    /** The real part of a complex number. */
    public final double getReal(long... index) {
        return realAt(address(index));
    }

    /** The imaginary part of a complex number. */
    public final double getImaginary(long i) {
        return imaginaryAt(address(i));
    }

    /** The imaginary part of a complex number. */
    public final double getImaginary(long i, long j) {
        return imaginaryAt(address(i, j));
    }

    /** The imaginary part of a complex number. */
    public final double getImaginary(long... index) {
        return imaginaryAt(address(index));
    }

    /** Of byte and unicode strings. */
    public final String getString(long i) {
        return stringAt(address(i));
    }

    /** Of byte and unicode strings. */
    public final String getString(long i, long j) {
        return stringAt(address(i, j));
    }

    /** Of byte and unicode strings. */
    public final String getString(long... index) {
        return stringAt(address(index));
    }

    private boolean booleanAt(long address) {
        return type.getBoolean(address);
    }

    private int intAt(long address) {
        return type == ElementType.INT32 ? Memory.getInt(address) : type.getInt(address);
    }

    private long longAt(long address) {
        return type == ElementType.INT64 ? Memory.getLong(address) : type.getLong(address);
    }

    private float floatAt(long address) {
        return type == ElementType.FLOAT32 ? Memory.getFloat(address) : type.getFloat(address);
    }

    private double doubleAt(long address) {
        return type == ElementType.FLOAT64 ? Memory.getDouble(address) : type.getDouble(address);
    }

    private double realAt(long address) {
        return type.getReal(address);
    }

    private double imaginaryAt(long address) {
        return type.getImaginary(address);
    }

    private String stringAt(long address) {
        return type.getString(address, header.dtype().itemSize());
    }
}
