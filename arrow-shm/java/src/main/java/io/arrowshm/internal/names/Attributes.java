package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Attributes in the one form that they have before and after they were written: text, Boolean, Long, Double, and
 * unmodifiable lists and maps of these.
 */
public final class Attributes {
    /** Values in each other: an attribute's own value has depth 1, what is in a list or a map there depth 2. */
    public static final int MAX_DEPTH = 16;

    /** Of one dataset: its own, those of its groups and those of its segments together, at any depth. */
    public static final int MAX_VALUES = 1 << 18;

    private Attributes() {}

    /**
     * A copy in that form, in the same order. Shorter integers become Long, float becomes Double, arrays become lists.
     *
     * @throws SharedMemoryException ARGUMENT if a key is no text or empty, a value is anything else, or a number is not
     *     finite
     */
    public static Map<String, Object> copyOf(Map<?, ?> attributes) {
        return map(attributes, 1);
    }

    /** How many values there are at any depth, lists and maps among them. */
    static long values(Map<String, Object> attributes) {
        return attributes.values().stream().mapToLong(Attributes::count).sum();
    }

    private static long count(Object value) {
        Stream<?> inside = value instanceof List<?> list
                ? list.stream()
                : value instanceof Map<?, ?> map ? map.values().stream() : Stream.empty();
        return 1 + inside.mapToLong(Attributes::count).sum();
    }

    /** @param depth of each value in it */
    private static Map<String, Object> map(Map<?, ?> from, int depth) {
        Map<String, Object> to = new LinkedHashMap<>();
        from.forEach((key, value) -> {
            if (!(key instanceof String text) || text.isEmpty()) {
                throw refused("attribute name=" + key + ", allowed is text of at least one character");
            }
            to.put(text, value(text, value, depth));
        });
        return Collections.unmodifiableMap(to);
    }

    /** @param depth of the value */
    private static Object value(String key, Object value, int depth) {
        if (depth > MAX_DEPTH) {
            throw refused(
                    "attribute " + key + " has values in each other to a depth of " + depth + ", allowed " + MAX_DEPTH);
        }
        if (value instanceof String || value instanceof Boolean || value instanceof Long) {
            return value;
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isFinite(number)) {
                return number;
            }
        }
        if (value instanceof Map<?, ?> map) {
            return map(map, depth + 1);
        }
        if (value instanceof Iterable<?> values) {
            List<Object> list = new ArrayList<>();
            values.forEach(element -> list.add(value(key, element, depth + 1)));
            return Collections.unmodifiableList(list);
        }
        if (value != null && value.getClass().isArray()) {
            List<Object> list = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                list.add(Array.get(value, i));
            }
            return value(key, list, depth);
        }
        throw refused("attribute " + key + "=" + value
                + (value == null ? "" : " (" + value.getClass().getName() + ")")
                + ", allowed are text, Boolean, integers up to long, finite float and double, and arrays, lists and maps"
                + " of these; write anything else as text");
    }

    private static SharedMemoryException refused(String message) {
        return new SharedMemoryException(Kind.ARGUMENT, message);
    }
}
