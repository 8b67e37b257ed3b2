package io.arrowshm.map.internal.parcel;

import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import java.lang.reflect.Array;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Arrays of Java that can go through the pool: one dimension of numbers. */
final class HeapArrays {
    /** Smaller ones go with the other bytes. */
    private static final int SMALLEST_BYTES = 1 << 12;

    private static final Map<Class<?>, DType> TYPES = Map.of(
            byte[].class, DType.INT8,
            short[].class, DType.INT16,
            int[].class, DType.INT32,
            long[].class, DType.INT64,
            float[].class, DType.FLOAT32,
            double[].class, DType.FLOAT64);

    private HeapArrays() {}

    /** An array of the pool that has room for a Java array; null if that does not go through it. */
    static @Nullable ArraySpec spec(Object array) {
        DType type = TYPES.get(array.getClass());
        return type == null || (long) Array.getLength(array) * type.itemSize() < SMALLEST_BYTES
                ? null
                : ArraySpec.of(type, Array.getLength(array));
    }

    static void copy(Object from, MutableNdArray to) {
        if (from instanceof byte[] bytes) {
            to.copyFrom(bytes, 0);
        } else if (from instanceof short[] shorts) {
            to.copyFrom(shorts, 0);
        } else if (from instanceof int[] ints) {
            to.copyFrom(ints, 0);
        } else if (from instanceof long[] longs) {
            to.copyFrom(longs, 0);
        } else if (from instanceof float[] floats) {
            to.copyFrom(floats, 0);
        } else {
            to.copyFrom((double[]) from, 0);
        }
    }

    static Object copy(NdArray from) {
        return switch (from.dtype().type()) {
            case INT8 -> from.toBytes();
            case INT16 -> from.toShorts();
            case INT32 -> from.toInts();
            case INT64 -> from.toLongs();
            case FLOAT32 -> from.toFloats();
            default -> from.toDoubles();
        };
    }
}
