package io.arrowshm.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.Segment;
import io.arrowshm.array.DType;
import io.arrowshm.array.NdArray;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
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
        assertThat(array.shape()).containsExactly(longs(expected.get("shape")));
        assertThat((Object) ArrayReading.values(array))
                .as("%s", array)
                .isEqualTo(ArrayReading.isReal(array) ? Values.withReals(values) : values);
    }

    private static long[] longs(JsonNode list) {
        return PoolVectorsTest.elements(list).stream()
                .mapToLong(JsonNode::asLong)
                .toArray();
    }
}
