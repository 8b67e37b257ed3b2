package io.arrowshm.load.internal.hdf5;

import io.arrowshm.load.internal.UnsupportedContentException;
import io.jhdf.api.Attribute;
import io.jhdf.api.Node;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.EnumDataType;
import io.jhdf.object.datatype.Reference;
import io.jhdf.object.datatype.VariableLength;
import java.lang.reflect.Array;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Attributes of groups and arrays in an HDF5 file as those of datasets. Stateless. */
final class Hdf5Attributes {
    static final String DIMENSION_LIST = "DIMENSION_LIST";
    static final String DIMENSION_LABELS = "DIMENSION_LABELS";

    /** What says how dimensions hang together by references; the names of dimensions are kept as such. */
    private static final Set<String> OF_DIMENSIONS = Set.of(DIMENSION_LIST, DIMENSION_LABELS, "REFERENCE_LIST");

    /** A dataset has room for four times as many, in all of its attributes. */
    private static final long MOST_ELEMENTS = 1 << 16;

    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);

    private Hdf5Attributes() {}

    /**
     * All that can be kept.
     *
     * @param refused is told the name of each that cannot, and why
     */
    static Map<String, Object> of(Node node, BiConsumer<String, Throwable> refused) {
        Map<String, Object> values = new LinkedHashMap<>();
        node.getAttributes().forEach((name, attribute) -> {
            if (!OF_DIMENSIONS.contains(name) && !name.isEmpty()) {
                try {
                    Object value = value(attribute);
                    values.put(name, value == null ? "" : value);
                } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
                    refused.accept(name, e);
                }
            }
        });
        return values;
    }

    /** Null if it is empty. */
    private static @Nullable Object value(Attribute attribute) {
        DataType type = attribute.getDataType();
        boolean refers = type instanceof Reference
                || (type instanceof VariableLength variable
                        && !variable.isVariableLengthString()
                        && variable.getParent() instanceof Reference);
        if (refers) {
            throw new UnsupportedContentException("references, which mean nothing outside of the file");
        }
        if (attribute.getSize() > MOST_ELEMENTS) {
            throw new UnsupportedContentException(
                    "an attribute of %d elements, allowed %d".formatted(attribute.getSize(), MOST_ELEMENTS));
        }
        Object data = attribute.getData();
        return data == null ? null : plain(data, type);
    }

    private static Object plain(Object value, DataType type) {
        if (value instanceof String text) {
            return type instanceof EnumDataType names ? member(names, text) : text;
        }
        if (value instanceof BigInteger number) {
            return number.abs().compareTo(MOST) <= 0 ? (Object) number.longValue() : number.toString();
        }
        if (value instanceof Float || value instanceof Double) {
            double number = ((Number) value).doubleValue();
            // JSON has no such numbers.
            return Double.isFinite(number)
                    ? (Object) number
                    : Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }
        if (value instanceof Number || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Map<?, ?> structure) {
            Map<String, Object> fields = new LinkedHashMap<>();
            structure.forEach(
                    (name, field) -> fields.put(String.valueOf(name), field == null ? "" : plain(field, type)));
            return fields;
        }
        if (value.getClass().isArray()) {
            List<Object> elements = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                Object element = Array.get(value, i);
                elements.add(element == null ? "" : plain(element, type));
            }
            return elements;
        }
        throw new UnsupportedContentException("a value of " + value.getClass().getSimpleName());
    }

    private static Object member(EnumDataType names, String name) {
        if (Hdf5Type.isBool(names)) {
            return name.equals("TRUE");
        }
        return names.getEnumMapping().entrySet().stream()
                .filter(entry -> entry.getValue().equals(name))
                .findFirst()
                .<Object>map(entry -> entry.getKey().longValue())
                .orElse(name);
    }
}
