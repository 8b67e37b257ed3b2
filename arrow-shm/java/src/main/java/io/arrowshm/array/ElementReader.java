package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.memory.ArrayMemory;
import io.arrowshm.internal.memory.Memory;

/**
 * Reads single elements of an array, by one index, by two, or by any number of them. Nothing is allocated but by the last
 * form, and for texts.
 */
abstract class ElementReader {
    final ArrayMemory memory;
    final ArrayHeader header;
    // From the header, a step nearer.
    final ElementType type;
    final StridedLayout layout;

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

    /**
     * Whether an element of type bool is true.
     *
     * @throws SharedMemoryException ARGUMENT if the type is not bool, or the index is outside the shape; CLOSED
     */
    public final boolean getBoolean(long i) {
        return booleanAt(address(i));
    }

    /**
     * Whether an element of type bool is true.
     *
     * @throws SharedMemoryException ARGUMENT if the type is not bool, or the index is outside the shape; CLOSED
     */
    public final boolean getBoolean(long i, long j) {
        return booleanAt(address(i, j));
    }

    /**
     * Whether an element of type bool is true.
     *
     * @throws SharedMemoryException ARGUMENT if the type is not bool, or the index is outside the shape; CLOSED
     */
    public final boolean getBoolean(long... index) {
        return booleanAt(address(index));
    }

    /**
     * A whole number: an element of type int8, int16, int32, uint8 or uint16.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final int getInt(long i) {
        return intAt(address(i));
    }

    /**
     * A whole number: an element of type int8, int16, int32, uint8 or uint16.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final int getInt(long i, long j) {
        return intAt(address(i, j));
    }

    /**
     * A whole number: an element of type int8, int16, int32, uint8 or uint16.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final int getInt(long... index) {
        return intAt(address(index));
    }

    /**
     * A whole number: an element of an integer type, of uint64 its 64 bits, or the units of a time.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final long getLong(long i) {
        return longAt(address(i));
    }

    /**
     * A whole number: an element of an integer type, of uint64 its 64 bits, or the units of a time.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final long getLong(long i, long j) {
        return longAt(address(i, j));
    }

    /**
     * A whole number: an element of an integer type, of uint64 its 64 bits, or the units of a time.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final long getLong(long... index) {
        return longAt(address(index));
    }

    /**
     * A number: an element of type float16 or float32.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final float getFloat(long i) {
        return floatAt(address(i));
    }

    /**
     * A number: an element of type float16 or float32.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final float getFloat(long i, long j) {
        return floatAt(address(i, j));
    }

    /**
     * A number: an element of type float16 or float32.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final float getFloat(long... index) {
        return floatAt(address(index));
    }

    /**
     * A number: an element of an integer or floating-point type; of more than 53 bits the nearest double.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final double getDouble(long i) {
        return doubleAt(address(i));
    }

    /**
     * A number: an element of an integer or floating-point type; of more than 53 bits the nearest double.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final double getDouble(long i, long j) {
        return doubleAt(address(i, j));
    }

    /**
     * A number: an element of an integer or floating-point type; of more than 53 bits the nearest double.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final double getDouble(long... index) {
        return doubleAt(address(index));
    }

    /**
     * The real part of an element of a complex type.
     *
     * @throws SharedMemoryException ARGUMENT if the type is not complex, or the index is outside the shape; CLOSED
     */
    public final double getReal(long i) {
        return realAt(address(i));
    }

    /**
     * The real part of an element of a complex type.
     *
     * @throws SharedMemoryException ARGUMENT if the type is not complex, or the index is outside the shape; CLOSED
     */
    public final double getReal(long i, long j) {
        return realAt(address(i, j));
    }

    /**
     * The real part of an element of a complex type.
     *
     * @throws SharedMemoryException ARGUMENT if the type is not complex, or the index is outside the shape; CLOSED
     */
    public final double getReal(long... index) {
        return realAt(address(index));
    }

    /**
     * The imaginary part of an element of a complex type.
     *
     * @throws SharedMemoryException ARGUMENT if the type is not complex, or the index is outside the shape; CLOSED
     */
    public final double getImaginary(long i) {
        return imaginaryAt(address(i));
    }

    /**
     * The imaginary part of an element of a complex type.
     *
     * @throws SharedMemoryException ARGUMENT if the type is not complex, or the index is outside the shape; CLOSED
     */
    public final double getImaginary(long i, long j) {
        return imaginaryAt(address(i, j));
    }

    /**
     * The imaginary part of an element of a complex type.
     *
     * @throws SharedMemoryException ARGUMENT if the type is not complex, or the index is outside the shape; CLOSED
     */
    public final double getImaginary(long... index) {
        return imaginaryAt(address(index));
    }

    /**
     * The text of an element that is a byte or unicode string.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final String getString(long i) {
        return stringAt(address(i));
    }

    /**
     * The text of an element that is a byte or unicode string.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
    public final String getString(long i, long j) {
        return stringAt(address(i, j));
    }

    /**
     * The text of an element that is a byte or unicode string.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or the index is outside the shape; CLOSED
     */
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
