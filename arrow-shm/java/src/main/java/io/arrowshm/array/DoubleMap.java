package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.Memory;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** A function of every element of an array, into an array of the same shape, or in place. */
final class DoubleMap {
    /** Elements of a loop that is counted by an int, which the compiler unrolls. */
    private static final int PART = 1 << 20;

    private DoubleMap() {}

    static void map(NdArray from, MutableNdArray to, DoubleUnaryOperator function) {
        StridedLayout source = from.header.layout();
        StridedLayout target = to.header.layout();
        if (!Arrays.equals(source.shape(), target.shape())) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, "cannot map " + from + " to " + to + ", allowed is the same shape");
        }
        boolean inLine = isInLine(from) && isInLine(to);
        from.memory.keepDuring(() -> to.memory.keepDuring(() -> {
            if (inLine) {
                mapInLine(from, to, function);
            } else {
                mapEach(from, to, function);
            }
        }));
    }

    private static boolean isInLine(NdArray array) {
        return array.type == ElementType.FLOAT64 && array.order() == ArrayOrder.C;
    }

    private static void mapInLine(NdArray from, MutableNdArray to, DoubleUnaryOperator function) {
        long size = from.size();
        for (long start = 0; start < size; start += PART) {
            int count = (int) Math.min(PART, size - start);
            long source = from.header.layout().offset() + start * Double.BYTES;
            long target = to.header.layout().offset() + start * Double.BYTES;
            for (int i = 0; i < count; i++) {
                long offset = (long) i * Double.BYTES;
                double value = function.applyAsDouble(Memory.getDouble(from.memory.address(source + offset)));
                // Looked up for each element: the function may have closed the array.
                Memory.putDouble(to.memory.address(target + offset), value);
            }
        }
    }

    private static void mapEach(NdArray from, MutableNdArray to, DoubleUnaryOperator function) {
        StridedLayout source = from.header.layout();
        Offsets sources = new Offsets(source);
        Offsets targets = new Offsets(to.header.layout());
        for (long i = 0; i < source.size(); i++) {
            double value = function.applyAsDouble(from.type.getDouble(from.memory.address(sources.next())));
            to.type.putDouble(to.memory.address(targets.next()), value);
        }
    }
}
