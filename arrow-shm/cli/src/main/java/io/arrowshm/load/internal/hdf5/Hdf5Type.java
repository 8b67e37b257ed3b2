package io.arrowshm.load.internal.hdf5;

import io.arrowshm.array.DType;
import io.arrowshm.array.StructField;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.load.internal.UnsupportedContentException;
import io.arrowshm.load.internal.array.ElementFix;
import io.jhdf.object.datatype.ArrayDataType;
import io.jhdf.object.datatype.BitField;
import io.jhdf.object.datatype.CompoundDataType;
import io.jhdf.object.datatype.CompoundDataType.CompoundDataMember;
import io.jhdf.object.datatype.DataType;
import io.jhdf.object.datatype.EnumDataType;
import io.jhdf.object.datatype.FixedPoint;
import io.jhdf.object.datatype.FloatingPoint;
import io.jhdf.object.datatype.Reference;
import io.jhdf.object.datatype.StringData;
import io.jhdf.object.datatype.StringData.PaddingType;
import io.jhdf.object.datatype.VariableLength;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A type of HDF5 as NumPy has it, which is what h5py makes of it.
 *
 * @param dtype of an element
 * @param shape of an array that every element is; mostly empty
 * @param fix of an element
 */
record Hdf5Type(DType dtype, List<Long> shape, ElementFix fix) {
    private static final Set<String> FALSE_AND_TRUE = Set.of("FALSE", "TRUE");

    /** @throws UnsupportedContentException if NumPy has no such type of fixed size */
    static Hdf5Type of(DataType type) {
        try {
            return read(type);
        } catch (SharedMemoryException e) {
            throw new UnsupportedContentException(e.getMessage());
        }
    }

    private static Hdf5Type read(DataType type) {
        if (type instanceof FixedPoint number) {
            boolean whole = number.getBitOffset() == 0 && number.getBitPrecision() == number.getSize() * Byte.SIZE;
            return number(whole, number.isSigned() ? "i" : "u", number.getSize(), number.getByteOrder());
        }
        if (type instanceof BitField bits) {
            return number(true, "u", bits.getSize(), bits.getByteOrder());
        }
        if (type instanceof FloatingPoint number) {
            return number(isIeee(number), "f", number.getSize(), number.getByteOrder());
        }
        if (type instanceof EnumDataType names) {
            return isBool(names) ? simple(DType.BOOL) : read(names.getBaseType());
        }
        if (type instanceof StringData text) {
            return text(text.getSize(), text.getPaddingType());
        }
        if (type instanceof CompoundDataType compound) {
            return compound(compound);
        }
        if (type instanceof ArrayDataType array) {
            Hdf5Type element = read(array.getBaseType());
            List<Long> shape = new ArrayList<>(shape(array));
            shape.addAll(element.shape);
            return new Hdf5Type(element.dtype, shape, element.fix);
        }
        throw new UnsupportedContentException(refusal(type));
    }

    /**
     * jhdf takes the axes of the version of the format that h5py writes to lie between others, which are 0: of n axes it
     * has every other one, and the first half of them. With two or three axes their product gives the one that is missing.
     */
    private static List<Long> shape(ArrayDataType array) {
        List<Long> read = longs(array.getArrayTypeDimensions());
        long size = array.getSize() / Math.max(1, array.getBaseType().getSize());
        if (read.stream().reduce(1L, Math::multiplyExact) == size) {
            return read;
        }
        if (read.size() == 2 && read.get(0) > 0) {
            return List.of(read.get(0), size / read.get(0));
        }
        if (read.size() == 3 && read.get(0) > 0 && read.get(1) > 0) {
            return List.of(read.get(0), size / read.get(0) / read.get(1), read.get(1));
        }
        throw new UnsupportedContentException("elements that are arrays of %d axes".formatted(read.size()));
    }

    private static String refusal(DataType type) {
        if (type instanceof Reference) {
            return "references, which mean nothing outside of the file";
        }
        if (type instanceof VariableLength) {
            return "values of variable length, of which only texts that are no part of anything can be loaded";
        }
        return "%s of %d bytes, which no array can hold"
                .formatted(type.getClass().getSimpleName(), type.getSize());
    }

    private static Hdf5Type simple(DType dtype) {
        return new Hdf5Type(dtype, List.of(), ElementFix.NONE);
    }

    private static Hdf5Type number(boolean supported, String code, int bytes, ByteOrder order) {
        boolean isSize = bytes == 2 || bytes == 4 || bytes == 8 || (bytes == 1 && !code.equals("f"));
        if (!supported || !isSize) {
            throw new UnsupportedContentException("numbers of %d bytes in a form that no array has".formatted(bytes));
        }
        DType dtype = DType.parse((bytes == 1 ? "|" : "<") + code + bytes);
        ElementFix fix = order.equals(ByteOrder.BIG_ENDIAN) ? ElementFix.swapped(bytes) : ElementFix.NONE;
        return new Hdf5Type(dtype, List.of(), fix);
    }

    private static boolean isIeee(FloatingPoint number) {
        int exponent = number.getExponentSize();
        int mantissa = number.getMantissaSize();
        return switch (number.getSize()) {
            case Short.BYTES -> exponent == 5 && mantissa == 10;
            case Float.BYTES -> exponent == 8 && mantissa == 23;
            case Double.BYTES -> exponent == 11 && mantissa == 52;
            default -> false;
        };
    }

    /** What h5py writes for NumPy's bool. */
    static boolean isBool(EnumDataType type) {
        Map<Integer, String> names = type.getEnumMapping();
        return type.getBaseType().getSize() == 1
                && names.size() == 2
                && names.containsKey(0)
                && "FALSE".equals(names.get(0))
                && FALSE_AND_TRUE.containsAll(names.values());
    }

    private static Hdf5Type text(int bytes, PaddingType padding) {
        ElementFix fix = switch (padding) {
            case NULL_TERMINATED -> ElementFix.zeroTerminated(bytes);
            case SPACE_PADDED -> ElementFix.blankPadded(bytes);
            case NULL_PADDED -> ElementFix.NONE;
        };
        return new Hdf5Type(DType.bytes(bytes), List.of(), fix);
    }

    private static Hdf5Type compound(CompoundDataType type) {
        List<CompoundDataMember> members = new ArrayList<>(type.getMembers());
        members.sort(Comparator.comparingInt(CompoundDataMember::getOffset));
        List<StructField> fields = new ArrayList<>();
        ElementFix.Builder fix = new ElementFix.Builder();
        for (CompoundDataMember member : members) {
            Hdf5Type field = read(member.getDataType());
            // Only the first version of the format has lengths here, the others an array.
            int[] lengths = member.getDimensionSize();
            List<Long> shape = new ArrayList<>(lengths == null ? List.of() : longs(lengths));
            shape.addAll(field.shape);
            fields.add(new StructField(member.getName(), field.dtype, shape, member.getOffset()));
            long count = shape.stream().reduce(1L, Math::multiplyExact);
            fix.add(member.getOffset(), count, field.dtype.itemSize(), field.fix);
        }
        DType complex = complex(fields, type.getSize());
        DType dtype = complex == null ? DType.struct(fields, type.getSize()) : complex;
        return new Hdf5Type(dtype, List.of(), fix.build(type.getSize()));
    }

    /** What h5py writes for NumPy's complex numbers; null for any other structure. */
    private static @Nullable DType complex(List<StructField> fields, int bytes) {
        boolean isComplex = fields.size() == 2
                && fields.get(0).name().equals("r")
                && fields.get(1).name().equals("i")
                && fields.get(0).shape().isEmpty()
                && fields.get(1).shape().isEmpty()
                && fields.get(0).dtype().equals(fields.get(1).dtype())
                && fields.get(1).offset() * 2 == bytes;
        if (!isComplex) {
            return null;
        }
        DType part = fields.get(0).dtype();
        return part.equals(DType.FLOAT32) ? DType.COMPLEX64 : part.equals(DType.FLOAT64) ? DType.COMPLEX128 : null;
    }

    private static List<Long> longs(int[] values) {
        return Arrays.stream(values).asLongStream().boxed().toList();
    }
}
