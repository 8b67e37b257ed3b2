package io.arrowshm.cli;

import io.arrowshm.array.NdArray;
import io.arrowshm.array.StructField;
import java.util.Locale;
import java.util.StringJoiner;

/** The elements of an array as NumPy prints them: of long axes the first and the last ones. Stateless. */
final class ArrayText {
    private static final int MOST_ELEMENTS = 200;
    private static final int AT_EACH_END = 3;

    private ArrayText() {}

    static String of(NdArray array) {
        return text(array, array.size() > MOST_ELEMENTS, 1);
    }

    private static String text(NdArray array, boolean isShortened, int indent) {
        if (array.dimensions() == 0) {
            return element(array);
        }
        String separator = array.dimensions() == 1
                ? " "
                : System.lineSeparator().repeat(array.dimensions() - 1) + " ".repeat(indent);
        StringJoiner elements = new StringJoiner(separator, "[", "]");
        long length = array.length(0);
        for (long i = 0; i < length; i++) {
            if (isShortened && length > 2 * AT_EACH_END && i == AT_EACH_END) {
                elements.add("...");
                i = length - AT_EACH_END;
            }
            elements.add(text(array.select(0, i), isShortened, indent + 1));
        }
        return elements.toString();
    }

    private static String element(NdArray element) {
        if (!element.dtype().fields().isEmpty()) {
            StringJoiner fields = new StringJoiner(", ", "(", ")");
            for (StructField field : element.dtype().fields()) {
                fields.add(text(element.field(field.name()), true, 1));
            }
            return fields.toString();
        }
        return switch (element.dtype().toString().charAt(1)) {
            case 'b' -> Boolean.toString(element.getBoolean());
            case 'u' -> Long.toUnsignedString(element.getLong());
            case 'f' -> real(element.getDouble());
            case 'c' -> real(element.getReal()) + "+" + real(element.getImaginary()) + "j";
            case 'S', 'U' -> "'" + element.getString() + "'";
            default -> Long.toString(element.getLong());
        };
    }

    private static String real(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? (long) value + "."
                : String.format(Locale.ROOT, "%.6g", value);
    }
}
