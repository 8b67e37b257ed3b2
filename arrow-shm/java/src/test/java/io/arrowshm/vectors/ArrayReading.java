package io.arrowshm.vectors;

import io.arrowshm.array.DType;
import io.arrowshm.array.NdArray;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What is in arrays, as the JSON of the test vectors has it. Stateless. */
public final class ArrayReading {
    private ArrayReading() {}

    /** With {@code dtype}, {@code shape}, and {@code values}, or {@code fields} of structures. */
    public static Map<String, Object> of(NdArray array) {
        Map<String, Object> reading = new LinkedHashMap<>();
        reading.put("dtype", array.dtype().toString());
        reading.put("shape", LongStream.of(array.shape()).boxed().toList());
        if (array.dtype().fields().isEmpty()) {
            reading.put("values", values(array));
        } else {
            Map<String, Object> fields = new LinkedHashMap<>();
            array.dtype().fields().forEach(field -> fields.put(field.name(), of(array.field(field.name()))));
            reading.put("fields", fields);
        }
        return reading;
    }

    static boolean isReal(NdArray array) {
        return "fc".indexOf(code(array.dtype())) >= 0;
    }

    private static char code(DType dtype) {
        return dtype.toString().charAt(1);
    }

    /** In the order of the indices, the last one fastest. */
    static List<Object> values(NdArray array) {
        List<Object> values = new ArrayList<>();
        long[] index = new long[array.dimensions()];
        for (long i = 0; i < array.size(); i++) {
            long left = i;
            for (int axis = index.length - 1; axis >= 0; axis--) {
                index[axis] = left % array.length(axis);
                left /= array.length(axis);
            }
            values.add(value(array, index));
        }
        return values;
    }

    private static Object value(NdArray array, long[] index) {
        return switch (code(array.dtype())) {
            case 'b' -> array.getBoolean(index);
            case 'i' -> Values.whole(array.getLong(index));
            case 'u' -> Values.unsigned(array.getLong(index));
            case 'f' -> real(array.getDouble(index), array.itemSize());
            case 'c' -> {
                int bytes = array.itemSize() / 2;
                yield List.of(real(array.getReal(index), bytes), real(array.getImaginary(index), bytes));
            }
            case 'S' -> HexFormat.of().formatHex(array.getString(index).getBytes(StandardCharsets.ISO_8859_1));
            case 'U' -> array.getString(index);
            default -> {
                long time = array.getLong(index);
                yield time == Long.MIN_VALUE ? "NaT" : Values.whole(time);
            }
        };
    }

    private static String real(double value, int bytes) {
        return switch (bytes) {
            case 2 -> Values.half((float) value);
            case 4 -> Values.real((float) value);
            default -> Values.real(value);
        };
    }
}
