package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an element is: one of NumPy's types of fixed size, little endian, spelled as in NumPy's array interface and .npy
 * headers: {@code <f8}, {@code |b1}, {@code <M8[ns]}, {@code |S5}, {@code <U3}, or a list of fields. Immutable; equal if
 * spelled equally.
 */
public final class DType {
    static final int MAX_DEPTH = 16;

    /** One of every type that has no unit, length or fields, in the order of {@link ElementType}. */
    static final List<DType> PLAIN = Stream.of(ElementType.values())
            .filter(ElementType::isPlain)
            .map(DType::plain)
            .toList();

    public static final DType BOOL = plain(ElementType.BOOL);
    public static final DType INT8 = plain(ElementType.INT8);
    public static final DType INT16 = plain(ElementType.INT16);
    public static final DType INT32 = plain(ElementType.INT32);
    public static final DType INT64 = plain(ElementType.INT64);
    public static final DType UINT8 = plain(ElementType.UINT8);
    public static final DType UINT16 = plain(ElementType.UINT16);
    public static final DType UINT32 = plain(ElementType.UINT32);
    public static final DType UINT64 = plain(ElementType.UINT64);
    public static final DType FLOAT16 = plain(ElementType.FLOAT16);
    public static final DType FLOAT32 = plain(ElementType.FLOAT32);
    public static final DType FLOAT64 = plain(ElementType.FLOAT64);
    public static final DType COMPLEX64 = plain(ElementType.COMPLEX64);
    public static final DType COMPLEX128 = plain(ElementType.COMPLEX128);

    private final ElementType type;
    private final int itemSize;
    private final String spelling;
    private final String unit;
    private final List<StructField> fields;

    private DType(ElementType type, int itemSize, String spelling, String unit, List<StructField> fields) {
        this.type = type;
        this.itemSize = itemSize;
        this.spelling = spelling;
        this.unit = unit;
        this.fields = fields;
    }

    private static DType plain(ElementType type) {
        String spelling = (type.bytes() == 1 ? "|" : "<") + type.code() + type.bytes();
        return new DType(type, type.bytes(), spelling, "", List.of());
    }

    /**
     * Instants, counted from 1970.
     *
     * @param unit Y, M, W, D, h, m, s, ms, us, ns, ps, fs or as, several of them as in {@code 25us}; empty for none
     * @throws SharedMemoryException ARGUMENT if there is no such unit
     */
    public static DType datetime64(String unit) {
        return time(ElementType.DATETIME64, unit);
    }

    /**
     * Durations, counted in a unit.
     *
     * @param unit Y, M, W, D, h, m, s, ms, us, ns, ps, fs or as, several of them as in {@code 25us}; empty for none
     * @throws SharedMemoryException ARGUMENT if there is no such unit
     */
    public static DType timedelta64(String unit) {
        return time(ElementType.TIMEDELTA64, unit);
    }

    private static DType time(ElementType type, String unit) {
        String known = TimeUnits.check(unit);
        String spelling = "<" + type.code() + type.bytes() + (known.isEmpty() ? "" : "[" + known + "]");
        return new DType(type, type.bytes(), spelling, known, List.of());
    }

    /**
     * Byte strings.
     *
     * @param length bytes, at least 1
     */
    public static DType bytes(int length) {
        return text(ElementType.BYTES, '|', length);
    }

    /**
     * Unicode strings, four bytes a code point.
     *
     * @param length code points, at least 1
     */
    public static DType unicode(int length) {
        return text(ElementType.UNICODE, '<', length);
    }

    private static DType text(ElementType type, char byteOrder, int length) {
        if (length < 1 || length > Integer.MAX_VALUE / type.bytes()) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "string length=" + length + ", allowed 1 to " + Integer.MAX_VALUE / type.bytes() + " for " + type);
        }
        return new DType(type, length * type.bytes(), "" + byteOrder + type.code() + length, "", List.of());
    }

    /**
     * A structure without gaps.
     *
     * @param fields in the order of their offsets; {@link StructField#at} says where each lies
     * @throws SharedMemoryException ARGUMENT
     */
    public static DType struct(List<StructField> fields) {
        return struct(
                fields, fields.isEmpty() ? 0 : fields.get(fields.size() - 1).end());
    }

    /**
     * A structure.
     *
     * @param fields with different names, in the order of their offsets, not overlapping
     * @param itemSize bytes, at least up to the end of the last field
     * @throws SharedMemoryException ARGUMENT, also if structures are nested more than 16 deep
     */
    public static DType struct(List<StructField> fields, long itemSize) {
        List<StructField> copy = List.copyOf(fields);
        int bytes = StructField.checkAll(copy, itemSize);
        return new DType(ElementType.STRUCT, bytes, DTypeSpelling.ofStruct(copy, bytes), "", copy);
    }

    /**
     * Reads NumPy's spelling.
     *
     * @throws SharedMemoryException ARGUMENT if it is none, or that of a type that is not of fixed size, or big endian
     */
    public static DType parse(String spelling) {
        try {
            return DTypeSpelling.parse(spelling.startsWith("[") ? PythonLiteral.parse(spelling) : spelling);
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "dtype=" + spelling + " has a number that is none or too large: " + e.getMessage(),
                    e);
        }
    }

    public ElementType type() {
        return type;
    }

    /** Bytes of an element, at least 1. */
    public int itemSize() {
        return itemSize;
    }

    /** The unit that times are counted in, as {@link #datetime64} takes it; empty for other types. */
    public String unit() {
        return unit;
    }

    /** The fields of a structure, by offset; empty for other types. */
    public List<StructField> fields() {
        return fields;
    }

    /** How deep structures are nested: 0 without any. */
    int depth() {
        int depth = 0;
        for (StructField field : fields) {
            depth = Math.max(depth, 1 + field.dtype().depth());
        }
        return depth;
    }

    /**
     * A field of a structure.
     *
     * @throws SharedMemoryException ARGUMENT if there is none of that name
     */
    public StructField field(String name) {
        for (StructField field : fields) {
            if (field.name().equals(name)) {
                return field;
            }
        }
        throw new SharedMemoryException(
                Kind.ARGUMENT,
                "there is no field \"" + name + "\" in " + this + ", its fields are "
                        + fields.stream().map(StructField::name).toList());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DType dtype && spelling.equals(dtype.spelling);
    }

    @Override
    public int hashCode() {
        return spelling.hashCode();
    }

    /** NumPy's spelling. */
    @Override
    public String toString() {
        return spelling;
    }
}
