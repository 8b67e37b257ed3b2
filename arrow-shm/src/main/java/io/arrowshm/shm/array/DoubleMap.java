package io.arrowshm.shm.array;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.memory.Memory;
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
                mapInLine(
                        from.memory.address(source.offset()),
                        to.memory.address(target.offset()),
                        source.size(),
                        function);
            } else {
                mapEach(from, to, function);
            }
        }));
    }

    private static boolean isInLine(NdArray array) {
        return array.type == ElementType.FLOAT64 && array.order() == ArrayOrder.C;
    }

    private static void mapInLine(long from, long to, long size, DoubleUnaryOperator function) {
        for (long start = 0; start < size; start += PART) {
            int count = (int) Math.min(PART, size - start);
            long source = from + start * Double.BYTES;
            long target = to + start * Double.BYTES;
            for (int i = 0; i < count; i++) {
                long offset = (long) i * Double.BYTES;
                Memory.putDouble(target + offset, function.applyAsDouble(Memory.getDouble(source + offset)));
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
