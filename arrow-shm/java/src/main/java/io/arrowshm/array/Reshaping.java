package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.Arrays;

/**
 * Another shape for the same elements in the same order, in place. It exists where the old axes, and the new ones, can be
 * cut into groups of equal size so that the old axes of each group follow each other without a jump.
 */
final class Reshaping {
    private Reshaping() {}

    /**
     * The strides of the new shape.
     *
     * @param shape with at least one element
     * @param newShape with as many
     * @throws SharedMemoryException ARGUMENT if it needs a copy
     */
    static long[] strides(long[] shape, long[] strides, long[] newShape) {
        long[] newStrides = new long[newShape.length];
        int axis = 0;
        int newAxis = 0;
        while (newAxis < newShape.length) {
            int group = axis;
            int newGroup = newAxis;
            long size = axis < shape.length ? shape[axis++] : 1;
            long newSize = newShape[newAxis++];
            while (size != newSize) {
                if (size < newSize) {
                    size *= shape[axis++];
                } else {
                    newSize *= newShape[newAxis++];
                }
            }
            long stride = strideOfGroup(shape, strides, group, axis, newShape);
            for (int i = newAxis - 1; i >= newGroup; i--) {
                newStrides[i] = stride;
                stride *= newShape[i];
            }
        }
        return newStrides;
    }

    /** From one element of the group to the next. */
    private static long strideOfGroup(long[] shape, long[] strides, int from, int to, long[] newShape) {
        long stride = 0;
        long expected = 0;
        boolean first = true;
        for (int i = to - 1; i >= from; i--) {
            // An axis of one element is never stepped along.
            if (shape[i] > 1) {
                if (!first && strides[i] != expected) {
                    throw new SharedMemoryException(
                            Kind.ARGUMENT,
                            "shape " + Arrays.toString(shape) + " with strides " + Arrays.toString(strides)
                                    + " cannot become " + Arrays.toString(newShape)
                                    + " without a copy; copy it into an array in C order first");
                }
                stride = first ? strides[i] : stride;
                first = false;
                expected = strides[i] * shape[i];
            }
        }
        return stride;
    }
}
