package io.arrowshm.array;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One of every kind of type. */
final class SampleTypes {
    static final DType NESTED = DType.parse(
            "[('a', '<f8'), ('', '|V3'), ('b', [('c', '|u1'), ('d', '|S3')]), ('e', '<i2', (2, 3)), ('', '|V5')]");

    private static final List<DType> OTHERS = List.of(
            DType.datetime64("ns"),
            DType.datetime64("25us"),
            DType.timedelta64("D"),
            DType.timedelta64(""),
            DType.bytes(5),
            DType.unicode(3),
            NESTED);

    private SampleTypes() {}

    static List<DType> all() {
        return Stream.concat(DType.PLAIN.stream(), OTHERS.stream()).toList();
    }

    /** With names and attributes. */
    static ArraySpec spec(DType dtype, ArrayOrder order) {
        return ArraySpec.of(dtype, 2, 3)
                .withOrder(order)
                .withDimensionNames("row", "")
                .withAttributes(Map.of("unit", "K", "größe", "日本"));
    }

    /** Reads every element as whatever it is, and returns them in C order as text. */
    static String read(NdArray array) {
        StringBuilder text = new StringBuilder();
        if (!array.dtype().fields().isEmpty()) {
            for (StructField field : array.dtype().fields()) {
                text.append(read(array.field(field.name())));
            }
            return text.toString();
        }
        long[] index = new long[array.dimensions()];
        for (long i = 0; i < array.size(); i++) {
            text.append(read(array, index)).append(' ');
            for (int axis = index.length - 1; axis >= 0 && ++index[axis] == array.length(axis); axis--) {
                index[axis] = 0;
            }
        }
        return text.toString();
    }

    private static Object read(NdArray array, long[] index) {
        return switch (array.dtype().type().code()) {
            case 'b' -> array.getBoolean(index);
            case 'i', 'u', 'M', 'm' -> array.getLong(index);
            case 'f' -> array.getDouble(index);
            case 'c' -> array.getReal(index) + "+" + array.getImaginary(index) + "i";
            default -> array.getString(index);
        };
    }
}
