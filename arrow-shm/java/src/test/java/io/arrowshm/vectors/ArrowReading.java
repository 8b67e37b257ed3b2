package io.arrowshm.vectors;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.DurationVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntervalMonthDayNanoVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.complex.BaseListVector;
import org.apache.arrow.vector.complex.DenseUnionVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.UnionVector;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

/** What is in vectors, as the JSON of the test vectors has it. One thread. */
public final class ArrowReading {
    private final DictionaryProvider dictionaries;

    public ArrowReading(DictionaryProvider dictionaries) {
        this.dictionaries = dictionaries;
    }

    List<Object> fields(List<Field> fields) {
        return fields.stream().map(field -> field(field, field.getName())).toList();
    }

    private Object field(Field field, String name) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("name", name);
        described.put("type", TypeNames.of(field.getType()));
        described.put("nullable", field.isNullable());
        if (field.getDictionary() != null) {
            ArrowType values = dictionary(field).getField().getType();
            described.put("dictionary", Map.of("name", "", "type", TypeNames.of(values), "nullable", true));
        } else if (!field.getChildren().isEmpty()) {
            // What the child of a list is called is nobody's concern.
            boolean areNamed =
                    field.getType() instanceof ArrowType.Struct || field.getType() instanceof ArrowType.Union;
            described.put(
                    "children",
                    field.getChildren().stream()
                            .map(child -> field(child, areNamed ? child.getName() : ""))
                            .toList());
        }
        return described;
    }

    private FieldVector dictionary(Field field) {
        return requireNonNull(dictionaries.lookup(field.getDictionary().getId()))
                .getVector();
    }

    /** Whether real numbers are in it. */
    boolean isReal(FieldVector vector) {
        Field field = vector.getField();
        Field values = field.getDictionary() == null ? field : dictionary(field).getField();
        return values.getType() instanceof ArrowType.FloatingPoint;
    }

    public List<@Nullable Object> values(ValueVector vector) {
        return values(vector, 0, vector.getValueCount());
    }

    private List<@Nullable Object> values(ValueVector vector, long start, long end) {
        List<@Nullable Object> values = new ArrayList<>();
        for (long i = start; i < end; i++) {
            values.add(value(vector, (int) i));
        }
        return values;
    }

    private @Nullable Object value(ValueVector vector, int i) {
        boolean isUnion = vector instanceof DenseUnionVector || vector instanceof UnionVector;
        if (!isUnion && vector.isNull(i)) {
            return null;
        }
        if (vector.getField().getDictionary() != null) {
            return value(dictionary(vector.getField()), (int) ((BaseIntVector) vector).getValueAsLong(i));
        }
        return vector.getField().getChildren().isEmpty() ? plain(vector, i) : nested(vector, i);
    }

    private Object nested(ValueVector vector, int i) {
        return switch (vector.getMinorType()) {
            case STRUCT -> children(vector, i);
            case DENSEUNION -> {
                DenseUnionVector union = (DenseUnionVector) vector;
                byte code = union.getTypeId(i);
                yield pair(code, value(union.getVectorByType(code), union.getOffset(i)));
            }
            case UNION -> {
                UnionVector union = (UnionVector) vector;
                int code = union.getTypeValue(i);
                yield pair(code, value(requireNonNull(union.getVectorByType(code)), i));
            }
            case LARGELIST -> {
                LargeListVector list = (LargeListVector) vector;
                yield values(list.getDataVector(), list.getElementStartIndex(i), list.getElementEndIndex(i));
            }
            default -> {
                BaseListVector list = (BaseListVector) vector;
                ValueVector elements = list.getChildrenFromFields().get(0);
                yield values(elements, list.getElementStartIndex(i), list.getElementEndIndex(i));
            }
        };
    }

    /** The values of a structure's fields; an entry of a map is one, too. */
    private List<@Nullable Object> children(ValueVector vector, int i) {
        List<@Nullable Object> values = new ArrayList<>();
        ((FieldVector) vector).getChildrenFromFields().forEach(child -> values.add(value(child, i)));
        return values;
    }

    private static List<@Nullable Object> pair(int code, @Nullable Object value) {
        List<@Nullable Object> pair = new ArrayList<>();
        pair.add((long) code);
        pair.add(value);
        return pair;
    }

    private static Object plain(ValueVector vector, int i) {
        return switch (vector.getMinorType()) {
            case BIT -> requireNonNull(vector.getObject(i));
            case TINYINT, SMALLINT, INT, BIGINT -> Values.whole(((BaseIntVector) vector).getValueAsLong(i));
            case UINT1, UINT2, UINT4, UINT8 -> unsigned((BaseIntVector) vector, i);
            case FLOAT2 -> Values.half(((Float2Vector) vector).getValueAsFloat(i));
            case FLOAT4 -> Values.real(((Float4Vector) vector).get(i));
            case FLOAT8 -> Values.real(((Float8Vector) vector).get(i));
            case DECIMAL, DECIMAL256 -> ((BigDecimal) requireNonNull(vector.getObject(i))).toPlainString();
            case DURATION -> Values.whole(DurationVector.get(vector.getDataBuffer(), i));
            case INTERVALMONTHDAYNANO -> interval(vector.getDataBuffer(), i);
            case VARCHAR, LARGEVARCHAR, VIEWVARCHAR ->
                requireNonNull(vector.getObject(i)).toString();
            case VARBINARY, LARGEVARBINARY, VIEWVARBINARY, FIXEDSIZEBINARY ->
                HexFormat.of().formatHex((byte[]) requireNonNull(vector.getObject(i)));
            default -> Values.whole(time(vector, i));
        };
    }

    private static Object unsigned(BaseIntVector vector, int i) {
        int bits = ((ArrowType.Int) vector.getField().getType()).getBitWidth();
        long value = vector.getValueAsLong(i);
        return bits == Long.SIZE ? Values.unsigned(value) : (Object) (value & ((1L << bits) - 1));
    }

    private static List<Object> interval(ArrowBuf data, int i) {
        return List.of(
                Values.whole(IntervalMonthDayNanoVector.getMonths(data, i)),
                Values.whole(IntervalMonthDayNanoVector.getDays(data, i)),
                Values.whole(IntervalMonthDayNanoVector.getNanoseconds(data, i)));
    }

    private static long time(ValueVector vector, int i) {
        ArrowBuf data = vector.getDataBuffer();
        return switch (vector.getMinorType()) {
            case DATEDAY, TIMESEC, TIMEMILLI -> data.getInt((long) i * Integer.BYTES);
            case DATEMILLI, TIMEMICRO, TIMENANO -> data.getLong((long) i * Long.BYTES);
            default -> {
                if (!(vector.getField().getType() instanceof ArrowType.Timestamp)) {
                    throw new IllegalArgumentException(vector.getField().toString());
                }
                yield data.getLong((long) i * Long.BYTES);
            }
        };
    }
}
