package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * NumPy's spelling of types, as text in Python's syntax and as what a parser of Python or JSON makes of it: a String, or
 * for a structure a List of fields, each a List of name, type and, for a sub-array, shape. A gap is a field without name.
 */
final class DTypeSpelling {
    private static final Pattern SIMPLE = Pattern.compile("([<>|=])([a-zA-Z])([0-9]{1,10})?(?:\\[([0-9a-zA-Z]+)])?");
    private static final Pattern GAP = Pattern.compile("\\|V[0-9]{1,9}");
    private static final Map<String, DType> BY_CODE = DType.PLAIN.stream()
            .collect(Collectors.toMap(dtype -> dtype.toString().substring(1), Function.identity()));

    private DTypeSpelling() {}

    /** Python's text of a structure. */
    static String ofStruct(List<StructField> fields, int itemSize) {
        List<String> parts = new ArrayList<>();
        long end = 0;
        for (StructField field : fields) {
            addGap(parts, field.offset() - end);
            String shape = field.shape().isEmpty() ? "" : ", " + PythonLiteral.tuple(field.shape());
            parts.add("(" + PythonLiteral.quote(field.name()) + ", " + ofField(field.dtype()) + shape + ")");
            end = field.end();
        }
        addGap(parts, itemSize - end);
        return "[" + String.join(", ", parts) + "]";
    }

    /** Python's text of a type inside other text. */
    static String ofField(DType dtype) {
        return dtype.fields().isEmpty() ? PythonLiteral.quote(dtype.toString()) : dtype.toString();
    }

    /** What becomes JSON: as {@link #parse} takes it. */
    static Object toJson(DType dtype) {
        if (dtype.fields().isEmpty()) {
            return dtype.toString();
        }
        List<Object> parts = new ArrayList<>();
        long end = 0;
        for (StructField field : dtype.fields()) {
            addGapToJson(parts, field.offset() - end);
            Object type = toJson(field.dtype());
            parts.add(
                    field.shape().isEmpty() ? List.of(field.name(), type) : List.of(field.name(), type, field.shape()));
            end = field.end();
        }
        addGapToJson(parts, dtype.itemSize() - end);
        return parts;
    }

    private static void addGapToJson(List<Object> parts, long bytes) {
        if (bytes > 0) {
            parts.add(List.of("", "|V" + bytes));
        }
    }

    private static void addGap(List<String> parts, long bytes) {
        if (bytes > 0) {
            parts.add("('', '|V" + bytes + "')");
        }
    }

    /** @throws SharedMemoryException ARGUMENT */
    static DType parse(Object spelling) {
        return parse(spelling, 1);
    }

    private static DType parse(Object spelling, int depth) {
        if (spelling instanceof String text) {
            return parseSimple(text);
        }
        if (!(spelling instanceof List<?> fields) || depth > DType.MAX_DEPTH) {
            throw refuse(spelling, "allowed a text, or a list of fields nested at most " + DType.MAX_DEPTH + " deep");
        }
        List<StructField> parsed = new ArrayList<>();
        long end = 0;
        for (Object field : fields) {
            if (!(field instanceof List<?> parts)
                    || parts.size() < 2
                    || parts.size() > 3
                    || !(parts.get(0) instanceof String name)) {
                throw refuse(field, "allowed (name, type) or (name, type, shape) for a field");
            }
            if (name.isEmpty()
                    && parts.size() == 2
                    && parts.get(1) instanceof String gap
                    && GAP.matcher(gap).matches()) {
                end += Integer.parseInt(gap, 2, gap.length(), 10);
            } else {
                List<Long> shape = parts.size() == 3 ? Numbers.longs(parts.get(2)) : List.of();
                StructField next = new StructField(name, parse(parts.get(1), depth + 1), shape, Math.toIntExact(end));
                parsed.add(next);
                end = next.end();
            }
        }
        return DType.struct(parsed, end);
    }

    private static DType parseSimple(String text) {
        Matcher matcher = SIMPLE.matcher(text);
        if (!matcher.matches()) {
            throw refuse(text, "allowed such as <f8, |b1, <M8[ns], |S5, <U3");
        }
        char byteOrder = matcher.group(1).charAt(0);
        String code = matcher.group(2);
        String number = matcher.group(3) == null ? "" : matcher.group(3);
        String unit = matcher.group(4);
        if (byteOrder == '>' || byteOrder == '=') {
            throw refuse(
                    text, "allowed little endian; convert it when writing, as in a.astype(a.dtype.newbyteorder('<'))");
        }
        if (code.equals("O")) {
            throw refuse(text, "objects have no fixed size; write them as another type");
        }
        if (unit != null || code.equals("M") || code.equals("m")) {
            return parseTime(text, code + number, unit == null ? "" : unit);
        }
        if (code.equals("S") || code.equals("U")) {
            int length = number.isEmpty() ? 0 : Integer.parseInt(number);
            return code.equals("S") ? DType.bytes(length) : DType.unicode(length);
        }
        DType dtype = BY_CODE.get(code + number);
        if (dtype == null || (byteOrder == '|' && dtype.itemSize() > 1)) {
            String plain = DType.PLAIN.stream().map(DType::toString).collect(Collectors.joining(", "));
            throw refuse(text, "allowed " + plain + ", <M8, <m8, |S and <U with a length, and lists of fields");
        }
        return dtype;
    }

    private static DType parseTime(String text, String code, String unit) {
        return switch (code) {
            case "M8" -> DType.datetime64(unit);
            case "m8" -> DType.timedelta64(unit);
            default -> throw refuse(text, "only M8 and m8 have a unit, and times have 8 bytes");
        };
    }

    private static SharedMemoryException refuse(Object what, String allowed) {
        String text = String.valueOf(what);
        String start = text.length() > 100 ? text.substring(0, 100) + "..." : text;
        return new SharedMemoryException(Kind.ARGUMENT, "dtype=" + start + ": " + allowed);
    }
}
