package io.arrowshm.array;

/** Walks the elements of a layout in C order. One thread. */
final class Offsets {
    private final long[] shape;
    private final long[] strides;
    private final long[] index;
    private long next;

    Offsets(StridedLayout layout) {
        shape = layout.shape();
        strides = layout.strides();
        index = new long[shape.length];
        next = layout.offset();
    }

    /** Where the next element lies; to be called as often as there are elements. */
    long next() {
        long current = next;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            next += strides[axis];
            if (++index[axis] < shape[axis]) {
                return current;
            }
            next -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
        return current;
    }
}
