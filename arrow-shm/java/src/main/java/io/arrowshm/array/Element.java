package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.memory.Memory;

/**
 * The place of one element in an array that can be written: {@code array.at(3, 2, 17).set(1.5)}. The type of the value
 * decides what is set, and an array whose type cannot take it refuses. Made for the moment: a compiled loop allocates none.
 * Any thread, as the array itself.
 */
public final class Element {
    private final MutableNdArray array;
    private final long offset;

    Element(MutableNdArray array, long offset) {
        this.array = array;
        this.offset = offset;
    }

    /**
     * Sets an element of type bool.
     *
     * @throws SharedMemoryException ARGUMENT if the array is of another type, CLOSED
     */
    public void set(boolean value) {
        array.type.putBoolean(address(), value);
    }

    /**
     * Sets an element to a whole number: integers and times to exactly this one, uint64 to its 64 bits, floating-point
     * numbers to the nearest.
     *
     * @throws SharedMemoryException ARGUMENT if the type is another, or its range does not have the value; CLOSED
     */
    public void set(long value) {
        if (array.type == ElementType.INT64) {
            Memory.putLong(address(), value);
        } else {
            array.type.putLong(address(), value);
        }
    }

    /**
     * Sets an element of a floating-point type, to the nearest number that it has.
     *
     * @throws SharedMemoryException ARGUMENT if the array is of another type, CLOSED
     */
    public void set(double value) {
        if (array.type == ElementType.FLOAT64) {
            Memory.putDouble(address(), value);
        } else {
            array.type.putDouble(address(), value);
        }
    }

    /**
     * Sets an element of a complex type, to the nearest number that it has.
     *
     * @throws SharedMemoryException ARGUMENT if the array is of another type, CLOSED
     */
    public void set(double real, double imaginary) {
        array.type.putComplex(address(), real, imaginary);
    }

    /**
     * Sets an element that is a byte or unicode string; a shorter one is filled up with zeros.
     *
     * @throws SharedMemoryException ARGUMENT if the array is of another type, the text is too long, or a byte string cannot
     *     have one of its characters; CLOSED
     */
    public void set(String value) {
        array.type.putString(address(), array.itemSize(), value);
    }

    /** Looked up for each access: the array may have been closed since the place was made. */
    private long address() {
        return array.memory.address(offset);
    }
}
