package io.arrowshm.load.internal.hdf5;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.Element;
import io.arrowshm.load.internal.UnsupportedContentException;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The value of elements of a file that nobody has written, as jhdf has it. Stateless. */
final class FillValue {
    private FillValue() {}

    /**
     * As it lies in memory; null for zeros.
     *
     * @throws UnsupportedContentException if it is of another kind
     */
    static byte @Nullable [] bytes(Object value, DType dtype) {
        if (isZero(value)) {
            return null;
        }
        try (ArrayWriter writer = ArrayWriter.inPrivateMemory(ArraySpec.of(dtype, 1))) {
            set(writer.array().at(0), value, dtype);
            ByteBuffer bytes = ByteBuffer.allocate(dtype.itemSize());
            try (Segment one = writer.seal()) {
                one.array().copyTo(bytes);
            }
            return bytes.array();
        }
    }

    private static boolean isZero(Object value) {
        if (value instanceof String text) {
            return text.isEmpty();
        }
        if (value instanceof Map<?, ?> fields) {
            return fields.values().stream().allMatch(field -> field != null && isZero(field));
        }
        if (value.getClass().isArray()) {
            return IntStream.range(0, Array.getLength(value)).allMatch(i -> isZero(Array.get(value, i)));
        }
        return value instanceof Number number ? number.doubleValue() == 0 : Boolean.FALSE.equals(value);
    }

    private static void set(Element element, Object value, DType dtype) {
        switch (dtype.toString().charAt(1)) {
            case 'i', 'u' ->
                element.set(
                        value instanceof BigInteger big
                                ? big.longValue()
                                : number(value, dtype).longValue());
            case 'f' -> element.set(number(value, dtype).doubleValue());
            case 'S' -> element.set(String.valueOf(value));
            case 'b' -> element.set("TRUE".equals(value));
            default -> throw refused(dtype);
        }
    }

    private static Number number(Object value, DType dtype) {
        if (value instanceof Number number) {
            return number;
        }
        throw refused(dtype);
    }

    private static UnsupportedContentException refused(DType dtype) {
        return new UnsupportedContentException(
                "elements that nobody has written, and for them a value of " + dtype + " that cannot be read");
    }
}
