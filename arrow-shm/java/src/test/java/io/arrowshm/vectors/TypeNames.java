package io.arrowshm.vectors;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;

/** The names that Arrow's C data interface has for types. Stateless. */
final class TypeNames {
    private TypeNames() {}

    static String of(ArrowType type) {
        return switch (type.getTypeID()) {
            case Null -> "n";
            case Bool -> "b";
            case Int -> ofInt((ArrowType.Int) type);
            case FloatingPoint ->
                switch (((ArrowType.FloatingPoint) type).getPrecision()) {
                    case HALF -> "e";
                    case SINGLE -> "f";
                    case DOUBLE -> "g";
                };
            case Decimal -> ofDecimal((ArrowType.Decimal) type);
            case Date -> ((ArrowType.Date) type).getUnit() == DateUnit.DAY ? "tdD" : "tdm";
            case Time -> "tt" + unit(((ArrowType.Time) type).getUnit());
            case Timestamp -> {
                String zone = ((ArrowType.Timestamp) type).getTimezone();
                yield "ts" + unit(((ArrowType.Timestamp) type).getUnit()) + ":" + (zone == null ? "" : zone);
            }
            case Duration -> "tD" + unit(((ArrowType.Duration) type).getUnit());
            case Interval ->
                switch (((ArrowType.Interval) type).getUnit()) {
                    case YEAR_MONTH -> "tiM";
                    case DAY_TIME -> "tiD";
                    case MONTH_DAY_NANO -> "tin";
                };
            case FixedSizeBinary -> "w:" + ((ArrowType.FixedSizeBinary) type).getByteWidth();
            case Binary -> "z";
            case LargeBinary -> "Z";
            case BinaryView -> "vz";
            case Utf8 -> "u";
            case LargeUtf8 -> "U";
            case Utf8View -> "vu";
            case List -> "+l";
            case LargeList -> "+L";
            case FixedSizeList -> "+w:" + ((ArrowType.FixedSizeList) type).getListSize();
            case Map -> "+m";
            case Struct -> "+s";
            case Union -> ofUnion((ArrowType.Union) type);
            default -> throw new IllegalArgumentException(type.toString());
        };
    }

    private static String ofInt(ArrowType.Int type) {
        String signed = switch (type.getBitWidth()) {
            case 8 -> "c";
            case 16 -> "s";
            case 32 -> "i";
            default -> "l";
        };
        return type.getIsSigned() ? signed : signed.toUpperCase(Locale.ROOT);
    }

    private static String ofDecimal(ArrowType.Decimal type) {
        String name = "d:" + type.getPrecision() + "," + type.getScale();
        return type.getBitWidth() == 128 ? name : name + "," + type.getBitWidth();
    }

    private static String ofUnion(ArrowType.Union type) {
        return (type.getMode() == UnionMode.Dense ? "+ud:" : "+us:")
                + Arrays.stream(type.getTypeIds()).mapToObj(String::valueOf).collect(Collectors.joining(","));
    }

    private static String unit(TimeUnit unit) {
        return switch (unit) {
            case SECOND -> "s";
            case MILLISECOND -> "m";
            case MICROSECOND -> "u";
            case NANOSECOND -> "n";
        };
    }
}
