package io.arrowshm.vectors;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Values as the JSON of the test vectors has them. Stateless. */
final class Values {
    private static final long SAFE = (1L << 53) - 1;

    private Values() {}

    /** A whole number; a text where a double has not its digits. */
    static Object whole(long value) {
        return value >= -SAFE && value <= SAFE ? (Object) value : Long.toString(value);
    }

    static Object unsigned(long value) {
        return value >= 0 && value <= SAFE ? (Object) value : Long.toUnsignedString(value);
    }

    static String real(double value) {
        return Double.isNaN(value) ? nan(Double.doubleToRawLongBits(value), 16) : spelled(value);
    }

    static String real(float value) {
        return Float.isNaN(value) ? nan(Float.floatToRawIntBits(value), 8) : spelled(value);
    }

    /** @param value of a number of 16 bits: a NaN keeps its bits as the first ones */
    static String half(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.isNaN(value) ? nan(((bits >> 16) & 0x8000) | 0x7C00 | ((bits >> 13) & 0x3FF), 4) : spelled(value);
    }

    private static String nan(long bits, int digits) {
        return "nan " + String.format("%016x", bits).substring(16 - digits);
    }

    private static String spelled(double value) {
        return Double.toString(value);
    }

    /** With real numbers spelled as Java does, so that they can be compared. */
    static @Nullable Object withReals(@Nullable Object expected) {
        if (expected instanceof String text && text.matches("-?(inf|[0-9.]+(e[-+]?[0-9]+)?)")) {
            return spelled(Double.parseDouble(text.replace("inf", "Infinity")));
        }
        return eachOf(expected, Values::withReals);
    }

    private interface Change {
        @Nullable
        Object of(@Nullable Object value);
    }

    private static @Nullable Object eachOf(@Nullable Object value, Change change) {
        if (value instanceof List<?> list) {
            List<@Nullable Object> changed = new ArrayList<>();
            list.forEach(element -> changed.add(change.of(element)));
            return changed;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> changed = new TreeMap<>();
            map.forEach((key, element) -> changed.put(key, change.of(element)));
            return changed;
        }
        return value;
    }
}
