package io.arrowshm.map;

import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.Iterator;
import java.util.function.DoubleBinaryOperator;

/** Puts together what workers have written apart. By the calling thread, always in the same order. */
final class Reduction {
    private Reduction() {}

    static double ofAll(NdArray array, DoubleBinaryOperator operation) {
        if (array.size() == 0) {
            throw new SharedMemoryException(Kind.ARGUMENT, "there is nothing to be reduced in " + array);
        }
        Iterator<Value> values = new Elements(array).values(0, array.size());
        double total = values.next().getDouble();
        while (values.hasNext()) {
            total = operation.applyAsDouble(total, values.next().getDouble());
        }
        return total;
    }

    static MutableNdArray ofParts(Shm shm, NdArray array, DoubleBinaryOperator operation) {
        String axisText = array.attributes().get(Allocation.PER_WORKER);
        if (axisText == null) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, array + " has no part for each worker: allocate it with perWorker()");
        }
        int axis = Integer.parseInt(axisText);
        NdArray first = array.select(axis, 0);
        MutableNdArray whole = shm.alloc(ArraySpec.of(array.dtype(), first.shape())
                .withOrder(Allocation.like(first).spec(1).order()));
        first.copyTo(whole);
        for (long worker = 1; worker < array.length(axis); worker++) {
            add(array.select(axis, worker), whole, operation);
        }
        return whole;
    }

    private static void add(NdArray part, MutableNdArray whole, DoubleBinaryOperator operation) {
        Iterator<Value> sums = new Elements(whole).values(0, whole.size());
        Iterator<Value> values = new Elements(part).values(0, part.size());
        while (sums.hasNext()) {
            Value sum = sums.next();
            sum.set(operation.applyAsDouble(sum.getDouble(), values.next().getDouble()));
        }
    }
}
