package io.arrowshm.map;

import io.arrowshm.array.ArrayOrder;
import io.arrowshm.array.Element;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The element that a kernel is at, without a box around it: one object that moves on. It is good until the kernel returns, in
 * the thread that called it. Which elements can be read or set how is as in {@link NdArray} and {@link Element}.
 */
public final class Value {
    private final NdArray array;
    // Where it is in an array whose elements do not lie one behind the other; else the array has one dimension.
    private final long @Nullable [] indices;
    private final long[] shape;
    private long index;

    /** Before an element of an array, in C order: {@link #moveOn} comes first. */
    Value(NdArray of, long first) {
        boolean inLine = of.order() == ArrayOrder.C;
        array = inLine ? of.reshape(of.size()) : of;
        shape = of.shape();
        index = first - 1;
        indices = inLine ? null : indices(shape, first);
    }

    /** Those of an element, less one along the last axis. */
    private static long[] indices(long[] shape, long index) {
        long[] indices = new long[shape.length];
        long rest = index;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            indices[axis] = rest % Math.max(1, shape[axis]);
            rest /= Math.max(1, shape[axis]);
        }
        indices[shape.length - 1]--;
        return indices;
    }

    /** To the next element. */
    void moveOn() {
        index++;
        if (indices != null) {
            int axis = shape.length - 1;
            while (++indices[axis] == shape[axis] && axis > 0) {
                indices[axis--] = 0;
            }
        }
    }

    /** A number, as {@link NdArray#getDouble(long)} reads it. */
    public double getDouble() {
        return indices == null ? array.getDouble(index) : array.getDouble(indices);
    }

    /** A number, as {@link NdArray#getFloat(long)} reads it. */
    public float getFloat() {
        return indices == null ? array.getFloat(index) : array.getFloat(indices);
    }

    /** A whole number, as {@link NdArray#getLong(long)} reads it. */
    public long getLong() {
        return indices == null ? array.getLong(index) : array.getLong(indices);
    }

    /** A whole number, as {@link NdArray#getInt(long)} reads it. */
    public int getInt() {
        return indices == null ? array.getInt(index) : array.getInt(indices);
    }

    /** A truth value, as {@link NdArray#getBoolean(long)} reads it. */
    public boolean getBoolean() {
        return indices == null ? array.getBoolean(index) : array.getBoolean(indices);
    }

    /** A text, as {@link NdArray#getString(long)} reads it. */
    public String getString() {
        return indices == null ? array.getString(index) : array.getString(indices);
    }

    /**
     * Sets the element, in place.
     *
     * @throws SharedMemoryException ARGUMENT if the array cannot be written, or is of another type
     */
    public void set(double value) {
        element().set(value);
    }

    /**
     * Sets the element, in place.
     *
     * @throws SharedMemoryException ARGUMENT if the array cannot be written, or is of another type
     */
    public void set(long value) {
        element().set(value);
    }

    /**
     * Sets the element, in place.
     *
     * @throws SharedMemoryException ARGUMENT if the array cannot be written, or is of another type
     */
    public void set(boolean value) {
        element().set(value);
    }

    /**
     * Sets the element, in place.
     *
     * @throws SharedMemoryException ARGUMENT if the array cannot be written, or is of another type
     */
    public void set(String value) {
        element().set(value);
    }

    private Element element() {
        if (array instanceof MutableNdArray mutable) {
            return indices == null ? mutable.at(index) : mutable.at(indices);
        }
        throw new SharedMemoryException(
                Kind.ARGUMENT,
                array + " is read only: map over an array that can be written, or write into another one");
    }
}
