package io.arrowshm.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.Segment;
import io.arrowshm.array.DType;
import io.arrowshm.array.NdArray;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Arrays that NumPy, pyarrow and a script made from the format alone, and what is in them. */
class ArrayVectorsTest {
    private static final Map<String, byte[]> FILES = VectorFiles.archive("arrays.zip");

    @Test
    void everyArrayHasItsTypeItsShapeAndItsValues() throws IOException {
        int arrays = 0;
        for (JsonNode expected : VectorFiles.json("arrays.json")) {
            if (!expected.has("errors")) {
                try (Segment segment = segment(expected)) {
                    check(segment.array(), expected);
                }
                arrays++;
            }
        }
        assertThat(arrays).isGreaterThan(300);
    }

    @Test
    void whatIsNoArrayIsRefused() {
        for (JsonNode expected : VectorFiles.json("arrays.json")) {
            if (expected.has("errors")) {
                Errors.assertRefused(expected, () -> {
                    try (Segment segment = segment(expected)) {
                        segment.array();
                    }
                });
            }
        }
    }

    private static Segment segment(JsonNode expected) throws IOException {
        byte[] bytes = FILES.get(expected.get("file").asText());
        return Segment.readFrom(new DataInputStream(new ByteArrayInputStream(bytes)), bytes.length);
    }

    private static void check(NdArray array, JsonNode expected) {
        String file = expected.get("file").asText();
        assertThat(array.dtype())
                .as(file)
                .isEqualTo(DType.parse(expected.get("dtype").asText()));
        assertThat(array.shape()).as(file).containsExactly(longs(expected.get("shape")));
        assertThat(array.strides()).as(file).containsExactly(longs(expected.get("strides")));
        assertThat(array.dimensionNames()).as(file).isEqualTo(VectorFiles.plain(expected.get("dimensions")));
        assertThat(array.attributes()).as(file).isEqualTo(VectorFiles.plain(expected.get("attributes")));
        checkValues(array, expected);
    }

    private static void checkValues(NdArray array, JsonNode expected) {
        if (expected.has("fields")) {
            assertThat(array.dtype().fields()).hasSize(expected.get("fields").size());
            expected.get("fields")
                    .properties()
                    .forEach(field -> checkValues(array.field(field.getKey()), field.getValue()));
            return;
        }
        Object values = VectorFiles.plain(expected.get("values"));
        boolean isReal = "fc".indexOf(code(array)) >= 0;
        assertThat(array.shape()).containsExactly(longs(expected.get("shape")));
        assertThat((Object) values(array)).as("%s", array).isEqualTo(isReal ? Values.withReals(values) : values);
    }

    private static char code(NdArray array) {
        return array.dtype().toString().charAt(1);
    }

    /** In the order of the indices, the last one fastest. */
    private static List<Object> values(NdArray array) {
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
        return switch (code(array)) {
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

    private static long[] longs(JsonNode list) {
        return PoolVectorsTest.elements(list).stream()
                .mapToLong(JsonNode::asLong)
                .toArray();
    }
}
