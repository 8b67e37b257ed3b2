package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An array that is to be made: type, shape, order, names of the axes, attributes. Immutable; keep one that is used for
 * many arrays, since its header is made once.
 */
public final class ArraySpec {
    // No sum of lengths overflows below this.
    private static final long MAX_DATA_BYTES = 1L << 56;

    private final DType dtype;
    private final long[] shape;
    private final ArrayOrder order;
    private final List<String> dimensionNames;
    private final Map<String, String> attributes;
    // Made when it is first asked for; made twice by two threads it is the same.
    private @Nullable EncodedArray encoded;

    private ArraySpec(
            DType dtype, long[] shape, ArrayOrder order, List<String> dimensionNames, Map<String, String> attributes) {
        this.dtype = dtype;
        this.shape = shape;
        this.order = order;
        this.dimensionNames = dimensionNames;
        this.attributes = attributes;
    }

    /**
     * An array in C order, without names and attributes.
     *
     * @param shape elements along each axis; none for a single element
     * @throws SharedMemoryException ARGUMENT if there are more than 32 axes, or 2^56 bytes
     */
    public static ArraySpec of(DType dtype, long... shape) {
        long bytes = StridedLayout.bytes(shape, dtype.itemSize());
        if (bytes > MAX_DATA_BYTES) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "shape=" + Arrays.toString(shape) + " of " + dtype + " takes " + bytes + " bytes, allowed "
                            + MAX_DATA_BYTES);
        }
        List<String> names = Collections.nCopies(shape.length, "");
        return new ArraySpec(dtype, shape.clone(), ArrayOrder.C, names, Map.of());
    }

    /** @param newOrder {@link ArrayOrder#C} or {@link ArrayOrder#FORTRAN} */
    public ArraySpec withOrder(ArrayOrder newOrder) {
        if (newOrder == ArrayOrder.STRIDED) {
            throw new SharedMemoryException(Kind.ARGUMENT, "order=STRIDED, a new array can be in order C or FORTRAN");
        }
        return new ArraySpec(dtype, shape, newOrder, dimensionNames, attributes);
    }

    /** @param names one for each axis, empty for one without */
    public ArraySpec withDimensionNames(String... names) {
        if (names.length != shape.length) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "names=" + Arrays.toString(names) + ", allowed one for each of " + shape.length + " axes");
        }
        for (String name : names) {
            Texts.check("a dimension name", name);
        }
        return new ArraySpec(dtype, shape, order, List.of(names), attributes);
    }

    /** @param newAttributes in the order in which they are to be kept */
    public ArraySpec withAttributes(Map<String, String> newAttributes) {
        newAttributes.forEach((key, value) -> {
            Texts.check("the key of an attribute", key);
            Texts.check("the value of an attribute", value);
            if (key.equals(TensorFormat.DTYPE_KEY)) {
                throw new SharedMemoryException(Kind.ARGUMENT, "attribute \"" + key + "\" is reserved");
            }
        });
        Map<String, String> copy = Collections.unmodifiableMap(new LinkedHashMap<>(newAttributes));
        return new ArraySpec(dtype, shape, order, dimensionNames, copy);
    }

    public DType dtype() {
        return dtype;
    }

    /** A copy. */
    public long[] shape() {
        return shape.clone();
    }

    public ArrayOrder order() {
        return order;
    }

    public List<String> dimensionNames() {
        return dimensionNames;
    }

    public Map<String, String> attributes() {
        return attributes;
    }

    /**
     * Bytes of a segment that holds such an array.
     *
     * @throws SharedMemoryException ARGUMENT if its header is too large
     */
    public long bytes() {
        return encoded().bytes();
    }

    /** Bytes of the elements. */
    long dataBytes() {
        return StridedLayout.bytes(shape, dtype.itemSize());
    }

    ArrayHeader header(long dataOffset) {
        StridedLayout layout = StridedLayout.contiguous(dataOffset, shape, dtype.itemSize(), order);
        return new ArrayHeader(dtype, layout, dimensionNames, attributes);
    }

    EncodedArray encoded() {
        EncodedArray result = encoded;
        if (result == null) {
            result = TensorFormat.holds(dtype) ? TensorFormat.encode(this) : NpyFormat.encode(this);
            encoded = result;
        }
        return result;
    }
}
