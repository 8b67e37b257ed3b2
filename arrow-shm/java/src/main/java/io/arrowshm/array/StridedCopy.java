package io.arrowshm.array;

import io.arrowshm.internal.memory.StridedBytes;

/**
 * A copy of all elements of one shape, between memory and memory or Java arrays. Axes are put in the order in which the
 * target is written, and those without a jump between them are taken as one: what is contiguous on both sides is one copy.
 */
final class StridedCopy {
    private final long[] lengths;
    private final long[] fromStrides;
    private final long[] toStrides;
    private int axes;

    private StridedCopy(long[] shape, long[] fromStrides, long[] toStrides) {
        this.lengths = shape.clone();
        this.fromStrides = fromStrides.clone();
        this.toStrides = toStrides.clone();
        axes = shape.length;
    }

    /**
     * Copies. The strides of the sides are not looked at.
     *
     * @param shape of both
     */
    static void copy(
            long[] shape, StridedBytes from, long[] fromStrides, StridedBytes to, long[] toStrides, int itemSize) {
        for (long length : shape) {
            if (length == 0) {
                return;
            }
        }
        StridedCopy copy = new StridedCopy(shape, fromStrides, toStrides);
        copy.dropAxesOfOneElement();
        copy.sort();
        copy.join();
        copy.run(0, from, to, itemSize);
    }

    private void dropAxesOfOneElement() {
        int kept = 0;
        for (int i = 0; i < axes; i++) {
            if (lengths[i] > 1) {
                set(kept++, lengths[i], fromStrides[i], toStrides[i]);
            }
        }
        axes = kept;
    }

    /** The largest stride of the target first. */
    private void sort() {
        for (int i = 1; i < axes; i++) {
            long length = lengths[i];
            long from = fromStrides[i];
            long to = toStrides[i];
            int place = i;
            while (place > 0 && Math.abs(toStrides[place - 1]) < Math.abs(to)) {
                set(place, lengths[place - 1], fromStrides[place - 1], toStrides[place - 1]);
                place--;
            }
            set(place, length, from, to);
        }
    }

    private void join() {
        int last = 0;
        for (int i = 1; i < axes; i++) {
            boolean follows =
                    fromStrides[last] == fromStrides[i] * lengths[i] && toStrides[last] == toStrides[i] * lengths[i];
            if (follows) {
                set(last, lengths[last] * lengths[i], fromStrides[i], toStrides[i]);
            } else {
                set(++last, lengths[i], fromStrides[i], toStrides[i]);
            }
        }
        axes = Math.min(axes, last + 1);
    }

    private void set(int axis, long length, long fromStride, long toStride) {
        lengths[axis] = length;
        fromStrides[axis] = fromStride;
        toStrides[axis] = toStride;
    }

    private void run(int axis, StridedBytes from, StridedBytes to, int itemSize) {
        if (axis >= axes - 1) {
            boolean one = axes == 0;
            StridedBytes source = from.withStride(one ? itemSize : fromStrides[axis]);
            StridedBytes target = to.withStride(one ? itemSize : toStrides[axis]);
            source.copyTo(target, one ? 1 : lengths[axis], itemSize);
            return;
        }
        for (long i = 0; i < lengths[axis]; i++) {
            run(axis + 1, from.moved(i * fromStrides[axis]), to.moved(i * toStrides[axis]), itemSize);
        }
    }
}
