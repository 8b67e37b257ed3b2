package io.arrowshm.array;

import com.google.flatbuffers.FlatBufferBuilder;
import java.util.Map;
import java.util.Set;
import org.apache.arrow.flatbuf.FloatingPoint;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.Precision;
import org.apache.arrow.flatbuf.Tensor;
import org.apache.arrow.flatbuf.Type;
import org.jspecify.annotations.Nullable;

/** The types that Arrow's tensors can express: numbers that are not complex, and bool as uint8. */
final class TensorTypes {
    private static final Set<DType> INTEGERS = Set.of(
            DType.INT8, DType.INT16, DType.INT32, DType.INT64, DType.UINT8, DType.UINT16, DType.UINT32, DType.UINT64);
    private static final Map<Short, DType> FLOATS =
            Map.of(Precision.HALF, DType.FLOAT16, Precision.SINGLE, DType.FLOAT32, Precision.DOUBLE, DType.FLOAT64);

    private TensorTypes() {}

    static boolean holds(DType dtype) {
        return dtype.equals(DType.BOOL) || INTEGERS.contains(dtype) || FLOATS.containsValue(dtype);
    }

    static byte typeType(DType dtype) {
        return FLOATS.containsValue(dtype) ? Type.FloatingPoint : Type.Int;
    }

    /** Writes the type's table and returns its offset. */
    static int write(FlatBufferBuilder builder, DType dtype) {
        for (Map.Entry<Short, DType> precision : FLOATS.entrySet()) {
            if (precision.getValue().equals(dtype)) {
                return FloatingPoint.createFloatingPoint(builder, precision.getKey());
            }
        }
        return Int.createInt(builder, dtype.itemSize() * Byte.SIZE, dtype.type().code() == 'i');
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
        DType dtype = null;
        if (tensor.type(new Int()) instanceof Int number && tensor.typeType() == Type.Int) {
            char code = number.isSigned() ? 'i' : 'u';
            dtype = INTEGERS.stream()
                    .filter(type -> type.type().code() == code && type.itemSize() * Byte.SIZE == number.bitWidth())
                    .findFirst()
                    .orElse(null);
        } else if (tensor.type(new FloatingPoint()) instanceof FloatingPoint number
                && tensor.typeType() == Type.FloatingPoint) {
            dtype = FLOATS.get(number.precision());
        }
        if (dtype == null) {
            throw damaged("the type of the tensor's elements is number " + tensor.typeType()
                    + " in Arrow's list, or of a width that cannot be read");
        }
        return dtype;
    }

    private static DamagedArrayException damaged(String reason) {
        return new DamagedArrayException(HeaderBytes.PREFIX_BYTES, reason);
    }
}
