package io.arrowshm.array;

import com.google.flatbuffers.FlatBufferBuilder;
import java.util.function.Predicate;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Tensor;
import org.apache.arrow.flatbuf.Type;
import org.jspecify.annotations.Nullable;

/** The types that Arrow's tensors can express: numbers that are not complex, and bool as uint8. */
final class TensorTypes {
    private TensorTypes() {}

    static boolean holds(DType dtype) {
        return dtype.type().isNumber() || dtype.equals(DType.BOOL);
    }

    static byte typeType(DType dtype) {
        return isFloat(dtype) ? Type.FloatingPoint : Type.Int;
    }

    /** Writes the type's table and returns its offset. */
    static int write(FlatBufferBuilder builder, DType dtype) {
        return isFloat(dtype)
                ? FloatingPoint.createFloatingPoint(builder, precision(dtype))
                : Int.createInt(
                        builder, dtype.itemSize() * Byte.SIZE, dtype.type().code() == 'i');
    }

    private static boolean isFloat(DType dtype) {
        return dtype.type().code() == 'f';
    }

    private static short precision(DType dtype) {
        return switch (dtype.itemSize()) {
            case Short.BYTES -> Precision.HALF;
            case Float.BYTES -> Precision.SINGLE;
            case Double.BYTES -> Precision.DOUBLE;
            default -> throw new IllegalArgumentException("Arrow has no tensors of " + dtype);
        };
    }

    /**
     * The type of the elements.
     *
     * @param spelling what the writer said it is, if it said so
     */
    static DType read(Tensor tensor, @Nullable String spelling) {
        DType dtype = read(tensor);
        if (spelling == null || spelling.equals(dtype.toString())) {
            return dtype;
        }
        if (dtype.equals(DType.UINT8) && spelling.equals(DType.BOOL.toString())) {
            return DType.BOOL;
        }
        throw damaged("a tensor of " + dtype + " is said to be of " + spelling);
    }

    private static DType read(Tensor tensor) {
        Predicate<DType> matches = dtype -> false;
        if (tensor.type(new Int()) instanceof Int number && tensor.typeType() == Type.Int) {
            char code = number.isSigned() ? 'i' : 'u';
            matches = dtype -> dtype.type().code() == code && dtype.itemSize() * Byte.SIZE == number.bitWidth();
        } else if (tensor.type(new FloatingPoint()) instanceof FloatingPoint number
                && tensor.typeType() == Type.FloatingPoint) {
            matches = dtype -> isFloat(dtype) && precision(dtype) == number.precision();
        }
        return DType.PLAIN.stream()
                .filter(matches)
                .findFirst()
                .orElseThrow(() -> damaged("the type of the tensor's elements is number " + tensor.typeType()
                        + " in Arrow's list, or of a width that cannot be read"));
    }

    private static DamagedArrayException damaged(String reason) {
        return new DamagedArrayException(HeaderBytes.PREFIX_BYTES, reason);
    }
}
