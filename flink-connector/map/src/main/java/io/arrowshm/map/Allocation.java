package io.arrowshm.map;

import io.arrowshm.array.ArrayOrder;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.map.internal.parcel.Parcel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An array that a context is to allocate: {@code shape(100, 28, 28).dtype(DType.FLOAT32).fill(1.0)}, or {@code like(in)}.
 * Float64 in C order, and zeros, unless something else is said. Immutable.
 */
public final class Allocation {
    static final String PER_WORKER = Parcel.PER_WORKER;

    private final long[] shape;
    private final DType dtype;
    private final ArrayOrder order;
    private final boolean perWorker;
    private final @Nullable Consumer<MutableNdArray> fill;

    private Allocation(
            long[] shape, DType dtype, ArrayOrder order, boolean perWorker, @Nullable Consumer<MutableNdArray> fill) {
        this.shape = shape;
        this.dtype = dtype;
        this.order = order;
        this.perWorker = perWorker;
        this.fill = fill;
    }

    /** An array of that shape; without any length, of one element. */
    public static Allocation shape(long... shape) {
        return new Allocation(shape.clone(), DType.FLOAT64, ArrayOrder.C, false, null);
    }

    /** An array with the shape, the type and the order of another one; C if that is neither C's nor Fortran's. */
    public static Allocation like(NdArray array) {
        ArrayOrder order = array.order() == ArrayOrder.FORTRAN ? ArrayOrder.FORTRAN : ArrayOrder.C;
        return new Allocation(array.shape(), array.dtype(), order, false, null);
    }

    public Allocation dtype(DType newType) {
        return new Allocation(shape, newType, order, perWorker, fill);
    }

    /** @param newOrder {@link ArrayOrder#C} or {@link ArrayOrder#FORTRAN} */
    public Allocation order(ArrayOrder newOrder) {
        return new Allocation(shape, dtype, newOrder, perWorker, fill);
    }

    /**
     * With a part of that shape for each worker: along a further axis, in front in C order, behind in Fortran's. So no two
     * workers write the same element of what they add up; {@link Shm#reduce} puts the parts together.
     */
    public Allocation perWorker() {
        return new Allocation(shape, dtype, order, true, fill);
    }

    /** Every element is this number at first. */
    public Allocation fill(double value) {
        return filled(array -> array.fill(value));
    }

    /** Every element is this number at first. */
    public Allocation fill(long value) {
        return filled(array -> array.fill(value));
    }

    /** Every element is this truth value at first. */
    public Allocation fill(boolean value) {
        return filled(array -> array.fill(value));
    }

    /** Every element is this text at first. */
    public Allocation fill(String value) {
        return filled(array -> array.fill(value));
    }

    private Allocation filled(Consumer<MutableNdArray> newFill) {
        return new Allocation(shape, dtype, order, perWorker, newFill);
    }

    ArraySpec spec(int workers) {
        ArraySpec spec =
                ArraySpec.of(dtype, perWorker ? shapeFor(workers) : shape).withOrder(order);
        if (!perWorker) {
            return spec;
        }
        Map<String, String> attributes = new LinkedHashMap<>(spec.attributes());
        attributes.put(PER_WORKER, Integer.toString(order == ArrayOrder.FORTRAN ? shape.length : 0));
        return spec.withAttributes(attributes);
    }

    private long[] shapeFor(int workers) {
        boolean behind = order == ArrayOrder.FORTRAN;
        long[] longer = new long[shape.length + 1];
        System.arraycopy(shape, 0, longer, behind ? 0 : 1, shape.length);
        longer[behind ? shape.length : 0] = workers;
        return longer;
    }

    /** @param array of {@link #spec}, all zeros */
    void fill(MutableNdArray array) {
        if (fill != null) {
            fill.accept(array);
        }
    }
}
