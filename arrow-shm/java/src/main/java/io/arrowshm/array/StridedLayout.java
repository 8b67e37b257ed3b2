package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Where the elements of an array or a view lie: element (i, j, ...) at offset + i * strides[0] + j * strides[1] + ... from
 * the start of the memory, in bytes. A layout is within its memory when it is made, and so are all views of it, so that an
 * index within the shape needs no other check. Immutable.
 */
final class StridedLayout {
    /** As NumPy 1 has it. */
    static final int MAX_DIMENSIONS = 32;

    private final long offset;
    private final long[] shape;
    private final long[] strides;
    private final long size;
    // What most accesses need, without a look into the arrays.
    private final int dimensions;
    private final long length0;
    private final long stride0;
    private final long length1;
    private final long stride1;

    private StridedLayout(long offset, long[] shape, long[] strides, long size) {
        this.offset = offset;
        this.shape = shape;
        this.strides = strides;
        this.size = size;
        dimensions = shape.length;
        length0 = dimensions > 0 ? shape[0] : 0;
        stride0 = dimensions > 0 ? strides[0] : 0;
        length1 = dimensions > 1 ? shape[1] : 0;
        stride1 = dimensions > 1 ? strides[1] : 0;
    }

    /** Takes over the arrays; the caller has seen to it that all is in the memory. */
    private static StridedLayout of(long offset, long[] shape, long[] strides) {
        long size = 1;
        for (long length : shape) {
            size *= length;
        }
        return new StridedLayout(offset, shape, strides, size);
    }

    /**
     * Elements without gaps.
     *
     * @throws SharedMemoryException ARGUMENT if there cannot be such a shape
     */
    static StridedLayout contiguous(long offset, long[] shape, int itemSize, ArrayOrder order) {
        bytes(shape, itemSize);
        long[] strides = new long[shape.length];
        long stride = itemSize;
        for (int i = 0; i < shape.length; i++) {
            int axis = order == ArrayOrder.FORTRAN ? i : shape.length - 1 - i;
            strides[axis] = stride;
            // As NumPy does; an array without elements has strides that nobody follows.
            stride *= Math.max(1, shape[axis]);
        }
        return of(offset, shape.clone(), strides);
    }

    /**
     * Elements of any strides that are not negative.
     *
     * @param bytes that they lie in, from the offset on
     * @throws SharedMemoryException ARGUMENT if they do not, or are more than fit side by side
     */
    static StridedLayout strided(long offset, long[] shape, long[] strides, int itemSize, long bytes) {
        // So that a stride of 0 does not make an endless array out of a few bytes.
        long needed = bytes(shape, itemSize);
        if (strides.length != shape.length || Arrays.stream(strides).anyMatch(stride -> stride < 0)) {
            throw refuse("strides=" + Arrays.toString(strides) + ", allowed one for each axis, not negative");
        }
        if (needed > 0) {
            long end = itemSize;
            for (int axis = 0; axis < shape.length; axis++) {
                end = Math.addExact(end, Math.multiplyExact(shape[axis] - 1, strides[axis]));
            }
            needed = Math.max(needed, end);
        }
        if (needed > bytes) {
            throw refuse("shape=" + Arrays.toString(shape) + ", strides=" + Arrays.toString(strides) + ", item size="
                    + itemSize + " need " + needed + " bytes, there are " + bytes);
        }
        return of(offset, shape.clone(), strides.clone());
    }

    /**
     * Elements of any strides, as views have them.
     *
     * @param bytes of the memory that they lie in
     * @throws SharedMemoryException ARGUMENT if they do not
     */
    static StridedLayout view(long offset, long[] shape, long[] strides, int itemSize, long bytes) {
        boolean fits = strides.length == shape.length && bytes(shape, itemSize) >= 0;
        long first = offset;
        long end = offset + itemSize;
        boolean empty = false;
        for (int axis = 0; fits && axis < shape.length; axis++) {
            empty |= shape[axis] == 0;
            long last = Math.multiplyExact(Math.max(0, shape[axis] - 1), strides[axis]);
            first = Math.addExact(first, Math.min(0, last));
            end = Math.addExact(end, Math.max(0, last));
        }
        if (!fits || (!empty && (first < 0 || end > bytes))) {
            throw refuse("a view at offset " + offset + " of shape " + Arrays.toString(shape) + " and strides "
                    + Arrays.toString(strides) + " does not lie in " + bytes + " bytes");
        }
        return of(offset, shape, strides);
    }

    /**
     * Bytes of all elements side by side.
     *
     * @throws SharedMemoryException ARGUMENT if there cannot be such a shape
     */
    static long bytes(long[] shape, int itemSize) {
        if (shape.length > MAX_DIMENSIONS) {
            throw refuse("dimensions=" + shape.length + ", allowed 0 to " + MAX_DIMENSIONS);
        }
        // Counted as if no length were 0, since strides are computed from the others.
        long most = itemSize;
        boolean empty = false;
        for (long length : shape) {
            if (length < 0 || Math.multiplyHigh(most, Math.max(1, length)) != 0 || most * Math.max(1, length) < 0) {
                throw refuse("shape=" + Arrays.toString(shape) + " with item size " + itemSize
                        + ", allowed lengths from 0 on, all in all below 2^63 bytes");
            }
            most *= Math.max(1, length);
            empty |= length == 0;
        }
        return empty ? 0 : most;
    }

    long offset() {
        return offset;
    }

    int dimensions() {
        return dimensions;
    }

    long length(int axis) {
        checkAxis(axis);
        return shape[axis];
    }

    /** Not to be changed. */
    long[] shape() {
        return shape;
    }

    /** Not to be changed. */
    long[] strides() {
        return strides;
    }

    long size() {
        return size;
    }

    ArrayOrder order(int itemSize) {
        if (hasStridesOf(ArrayOrder.C, itemSize)) {
            return ArrayOrder.C;
        }
        return hasStridesOf(ArrayOrder.FORTRAN, itemSize) ? ArrayOrder.FORTRAN : ArrayOrder.STRIDED;
    }

    private boolean hasStridesOf(ArrayOrder order, int itemSize) {
        long stride = itemSize;
        for (int i = 0; i < dimensions; i++) {
            int axis = order == ArrayOrder.FORTRAN ? i : dimensions - 1 - i;
            // An axis of one element is never stepped along.
            if (size > 0 && shape[axis] > 1 && strides[axis] != stride) {
                return false;
            }
            stride *= shape[axis];
        }
        return true;
    }

    long offset(long i) {
        if (dimensions != 1 || Long.compareUnsigned(i, length0) >= 0) {
            throw outside(i);
        }
        return offset + i * stride0;
    }

    long offset(long i, long j) {
        if (dimensions != 2 || Long.compareUnsigned(i, length0) >= 0 || Long.compareUnsigned(j, length1) >= 0) {
            throw outside(i, j);
        }
        return offset + i * stride0 + j * stride1;
    }

    long offset(long i, long j, long k) {
        if (dimensions != 3
                || Long.compareUnsigned(i, length0) >= 0
                || Long.compareUnsigned(j, length1) >= 0
                || Long.compareUnsigned(k, shape[2]) >= 0) {
            throw outside(i, j, k);
        }
        return offset + i * stride0 + j * stride1 + k * strides[2];
    }

    long offset(long i, long j, long k, long l) {
        if (dimensions != 4
                || Long.compareUnsigned(i, length0) >= 0
                || Long.compareUnsigned(j, length1) >= 0
                || Long.compareUnsigned(k, shape[2]) >= 0
                || Long.compareUnsigned(l, shape[3]) >= 0) {
            throw outside(i, j, k, l);
        }
        return offset + i * stride0 + j * stride1 + k * strides[2] + l * strides[3];
    }

    long offset(long[] index) {
        if (index.length != dimensions) {
            throw outside(index);
        }
        long found = offset;
        for (int axis = 0; axis < index.length; axis++) {
            if (Long.compareUnsigned(index[axis], shape[axis]) >= 0) {
                throw outside(index);
            }
            found += index[axis] * strides[axis];
        }
        return found;
    }

    /** Elements start, start + step and so on, up to stop, exclusively. */
    StridedLayout slice(int axis, long start, long stop, long step) {
        checkAxis(axis);
        long length = shape[axis];
        boolean allowed = step > 0
                ? 0 <= start && start <= stop && stop <= length
                : step < 0 && -1 <= stop && stop <= start && start < length;
        if (!allowed) {
            throw refuse("slice start=" + start + ", stop=" + stop + ", step=" + step + " of axis " + axis
                    + ", allowed 0 <= start <= stop <= " + length + ", or with a negative step -1 <= stop <= start < "
                    + length);
        }
        long[] newShape = shape.clone();
        long[] newStrides = strides.clone();
        newShape[axis] = start == stop ? 0 : (stop - start + (step > 0 ? -1 : 1)) / step + 1;
        if (newShape[axis] > 1) {
            newStrides[axis] *= step;
        }
        return of(newShape[axis] == 0 ? offset : offset + start * strides[axis], newShape, newStrides);
    }

    /** One index of an axis; the axis is gone. */
    StridedLayout select(int axis, long index) {
        checkAxis(axis);
        if (index < 0 || index >= shape[axis]) {
            throw refuse("index=" + index + " of axis " + axis + ", allowed 0 to " + (shape[axis] - 1));
        }
        long moved = size == 0 ? offset : offset + index * strides[axis];
        return of(moved, without(shape, axis), without(strides, axis));
    }

    /** Axis i of the result is axis axes[i] of this one. */
    StridedLayout transpose(int[] axes) {
        int[] sorted = axes.clone();
        Arrays.sort(sorted);
        if (!Arrays.equals(sorted, IntStream.range(0, dimensions).toArray())) {
            throw refuse("axes=" + Arrays.toString(axes) + ", allowed each of the " + dimensions + " axes once");
        }
        long[] newShape = new long[dimensions];
        long[] newStrides = new long[dimensions];
        for (int i = 0; i < dimensions; i++) {
            newShape[i] = shape[axes[i]];
            newStrides[i] = strides[axes[i]];
        }
        return of(offset, newShape, newStrides);
    }

    /** The elements in C order, in another shape. */
    StridedLayout reshape(long[] newShape, int itemSize) {
        if (bytes(newShape, itemSize) / itemSize != size) {
            throw refuse("shape=" + Arrays.toString(newShape) + " for the " + size + " elements of shape "
                    + Arrays.toString(shape) + ", allowed shapes of as many");
        }
        if (size == 0 || order(itemSize) == ArrayOrder.C) {
            return contiguous(offset, newShape, itemSize, ArrayOrder.C);
        }
        return of(offset, newShape.clone(), Reshaping.strides(shape, strides, newShape));
    }

    /** A part of every element: such and such bytes into it, an array in C order by itself. */
    StridedLayout part(long bytes, long[] partShape, int partItemSize) {
        long[] partStrides = contiguous(0, partShape, partItemSize, ArrayOrder.C).strides;
        long[] newShape = concatenated(shape, partShape);
        if (newShape.length > MAX_DIMENSIONS) {
            throw refuse(
                    "dimensions=" + newShape.length + " with those of the sub-array, allowed 0 to " + MAX_DIMENSIONS);
        }
        return of(offset + bytes, newShape, concatenated(strides, partStrides));
    }

    private void checkAxis(int axis) {
        if (axis < 0 || axis >= dimensions) {
            throw refuse("axis=" + axis + " of shape " + Arrays.toString(shape) + ", allowed 0 to " + (dimensions - 1));
        }
    }

    private SharedMemoryException outside(long... index) {
        return refuse("index=" + Arrays.toString(index) + " of shape " + Arrays.toString(shape)
                + ", allowed one index for each axis, from 0 to below its length");
    }

    private static SharedMemoryException refuse(String message) {
        return new SharedMemoryException(Kind.ARGUMENT, message);
    }

    private static long[] without(long[] values, int position) {
        long[] fewer = Arrays.copyOf(values, values.length - 1);
        System.arraycopy(values, position + 1, fewer, position, fewer.length - position);
        return fewer;
    }

    private static long[] concatenated(long[] first, long[] second) {
        long[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
