package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.StridedBytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongConsumer;

/** Copies of whole arrays, between each other and Java arrays. */
final class BulkCopy {
    // The longest that every JVM can make.
    private static final int MAX_JAVA_ARRAY_LENGTH = Integer.MAX_VALUE - 8;

    private BulkCopy() {}

    /** What is done with an element and its place in a Java array. */
    interface Each {
        void accept(long address, int position);
    }

    static void copy(NdArray from, MutableNdArray to) {
        StridedLayout source = from.header.layout();
        StridedLayout target = to.header.layout();
        if (!from.dtype().equals(to.dtype()) || !Arrays.equals(source.shape(), target.shape())) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, "cannot copy " + from + " to " + to + ", allowed the same type and shape");
        }
        from.memory.keepDuring(() -> to.memory.keepDuring(() -> StridedCopy.copy(
                source.shape(), from.bytes(), source.strides(), to.bytes(), target.strides(), from.itemSize())));
    }

    /** Copies bits to a Java array whose components have so many bytes. */
    static void toArray(NdArray from, Object target, int length, int offset, int componentBytes) {
        StridedLayout layout = components(from, componentBytes);
        checkRoom(layout.size(), length, offset);
        StridedBytes array = StridedBytes.ofArray(target, (long) offset * componentBytes);
        from.memory.keepDuring(() -> StridedCopy.copy(
                layout.shape(),
                from.bytes(),
                layout.strides(),
                array,
                stridesOfArray(layout, componentBytes),
                componentBytes));
    }

    /** Copies bits from a Java array whose components have so many bytes. */
    static void fromArray(MutableNdArray to, Object source, int length, int offset, int componentBytes) {
        StridedLayout layout = components(to, componentBytes);
        checkRoom(layout.size(), length, offset);
        StridedBytes array = StridedBytes.ofArray(source, (long) offset * componentBytes);
        to.memory.keepDuring(() -> StridedCopy.copy(
                layout.shape(),
                array,
                stridesOfArray(layout, componentBytes),
                to.bytes(),
                layout.strides(),
                componentBytes));
    }

    /** Copies whole elements to what is left of a buffer, which moves on. */
    static void toBuffer(NdArray from, ByteBuffer target) {
        StridedLayout layout = from.header.layout();
        int bytes = bytesWithin(from, target);
        StridedBytes buffer = StridedBytes.ofBuffer(target);
        from.memory.keepDuring(() -> StridedCopy.copy(
                layout.shape(),
                from.bytes(),
                layout.strides(),
                buffer,
                stridesOfArray(layout, from.itemSize()),
                from.itemSize()));
        target.position(target.position() + bytes);
    }

    /** Copies whole elements from what is left of a buffer, which moves on. */
    static void fromBuffer(MutableNdArray to, ByteBuffer source) {
        StridedLayout layout = to.header.layout();
        int bytes = bytesWithin(to, source);
        StridedBytes buffer = StridedBytes.ofBuffer(source);
        to.memory.keepDuring(() -> StridedCopy.copy(
                layout.shape(),
                buffer,
                stridesOfArray(layout, to.itemSize()),
                to.bytes(),
                layout.strides(),
                to.itemSize()));
        source.position(source.position() + bytes);
    }

    private static int bytesWithin(NdArray array, ByteBuffer buffer) {
        long bytes = array.size() * array.itemSize();
        if (bytes > buffer.remaining()) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "a buffer with " + buffer.remaining() + " bytes left has no " + bytes + " for " + array
                            + "; take a slice of the array, or a larger buffer");
        }
        return (int) bytes;
    }

    /** Element by element, in C order. */
    static void forEach(NdArray array, int length, int offset, Each each) {
        StridedLayout layout = array.header.layout();
        checkRoom(layout.size(), length, offset);
        Offsets offsets = new Offsets(layout);
        array.memory.keepDuring(() -> {
            for (int i = 0; i < layout.size(); i++) {
                each.accept(array.memory.address(offsets.next()), offset + i);
            }
        });
    }

    static void fill(MutableNdArray array, LongConsumer put) {
        StridedLayout layout = array.header.layout();
        if (layout.size() == 0) {
            return;
        }
        StridedBytes first = array.bytes();
        put.accept(first.start());
        array.memory.keepDuring(() -> StridedCopy.copy(
                layout.shape(), first, new long[layout.dimensions()], first, layout.strides(), array.itemSize()));
    }

    /**
     * The length of a Java array that all elements fit into: two components for each complex number.
     *
     * @throws SharedMemoryException ARGUMENT if there is no such Java array
     */
    static int lengthOfJavaArray(NdArray array) {
        long components = array.type.isComplex() ? 2 * array.size() : array.size();
        if (components > MAX_JAVA_ARRAY_LENGTH) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    array + " does not fit into a Java array, allowed " + MAX_JAVA_ARRAY_LENGTH
                            + " elements; copy slices of it");
        }
        return (int) components;
    }

    /** Whether the elements are whole numbers, or times, of so many bytes. */
    static boolean isInteger(NdArray array, int bytes) {
        return array.type.isWhole() && array.itemSize() == bytes;
    }

    /** The layout of what a Java array of components of so many bytes has one each of. */
    private static StridedLayout components(NdArray array, int bytes) {
        StridedLayout layout = array.header.layout();
        boolean complex = array.type.isComplex();
        boolean fits = array.itemSize() == (complex ? 2 * bytes : bytes);
        if (!fits || !(array.type.isPlain() || array.type.isWhole())) {
            throw array.type.refuse("copied from or to this kind of Java array");
        }
        return complex ? layout.part(0, new long[] {2}, bytes) : layout;
    }

    private static long[] stridesOfArray(StridedLayout layout, int componentBytes) {
        return StridedLayout.contiguous(0, layout.shape(), componentBytes, ArrayOrder.C)
                .strides();
    }

    private static void checkRoom(long size, int length, int offset) {
        if (offset < 0 || offset > length || size > length - offset) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "a Java array of length " + length + " has no " + size + " elements from offset " + offset
                            + " on; take a slice of the array, or a longer Java array");
        }
    }
}
