package io.arrowshm.map;

import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;

/**
 * The element that a kernel is at, without a box around it: one object that moves on. It is good until the kernel returns, in
 * the thread that called it. Which elements can be read or set how is as in {@link NdArray} and {@link
 * io.arrowshm.array.Element}.
 */
public abstract class Value {
    Value() {}

    /** A number, as {@link NdArray#getDouble(long)} reads it. */
    public abstract double getDouble();

    /** A number, as {@link NdArray#getFloat(long)} reads it. */
    public abstract float getFloat();

    /** A whole number, as {@link NdArray#getLong(long)} reads it. */
    public abstract long getLong();

    /** A whole number, as {@link NdArray#getInt(long)} reads it. */
    public abstract int getInt();

    /** A truth value, as {@link NdArray#getBoolean(long)} reads it. */
    public abstract boolean getBoolean();

    /** A text, as {@link NdArray#getString(long)} reads it. */
    public abstract String getString();

    /**
     * Sets the element, in place.
     *
     * @throws SharedMemoryException ARGUMENT if the array cannot be written, or is of another type
     */
    public abstract void set(double value);

    /**
     * Sets the element, in place.
     *
     * @throws SharedMemoryException ARGUMENT if the array cannot be written, or is of another type
     */
    public abstract void set(long value);

    /**
     * Sets the element, in place.
     *
     * @throws SharedMemoryException ARGUMENT if the array cannot be written, or is of another type
     */
    public abstract void set(boolean value);

    /**
     * Sets the element, in place.
     *
     * @throws SharedMemoryException ARGUMENT if the array cannot be written, or is of another type
     */
    public abstract void set(String value);

    static MutableNdArray writable(NdArray array) {
        if (array instanceof MutableNdArray mutable) {
            return mutable;
        }
        throw new SharedMemoryException(
                Kind.ARGUMENT,
                array + " is read only: map over an array that can be written, or write into another one");
    }
}
