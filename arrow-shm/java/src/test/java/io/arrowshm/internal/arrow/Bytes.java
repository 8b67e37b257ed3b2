package io.arrowshm.internal.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.Memory;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** Arrow files as arrays of bytes, written and opened as segments are. */
final class Bytes {
    private static final long HUGE = 1 << 20;
    private static final long LARGEST = 1 << 26;

    private Bytes() {}

    interface Filling {
        void fill(BatchWriter writer);
    }

    /** The file that a writer makes of what it is filled with. */
    static byte[] write(Schema schema, long bodyBytes, Filling filling) {
        long length = BatchWriter.segmentBytes(schema, bodyBytes);
        long allocation = Memory.allocatePrivate(length + 64);
        long address = allocation + 63 & ~63L;
        try (BatchWriter writer = new BatchWriter(schema, address, length)) {
            filling.fill(writer);
            byte[] bytes = new byte[(int) writer.seal()];
            Memory.copy(address, bytes, 0, bytes.length);
            return bytes;
        } finally {
            Memory.freePrivate(allocation);
        }
    }

    /** What is read in place after conversion, null if it can be as it is. */
    static byte @Nullable [] convert(byte[] bytes) {
        long source = Memory.allocatePrivate(bytes.length + 64L);
        long address = source + 63 & ~63L;
        try {
            Memory.copy(bytes, 0, address, bytes.length);
            ArrowConversion conversion = ArrowConversion.of(() -> "test", address, bytes.length);
            return conversion == null ? null : convert(conversion);
        } finally {
            Memory.freePrivate(source);
        }
    }

    private static byte[] convert(ArrowConversion conversion) {
        // A pool has no room for more either.
        if (conversion.bytes() > LARGEST) {
            throw new SharedMemoryException(Kind.CORRUPT, "it would have " + conversion.bytes() + " bytes");
        }
        long target = Memory.allocatePrivate(conversion.bytes() + 64);
        try {
            long address = target + 63 & ~63L;
            conversion.writeTo(address);
            byte[] bytes = new byte[(int) conversion.bytes()];
            Memory.copy(address, bytes, 0, bytes.length);
            return bytes;
        } finally {
            Memory.freePrivate(target);
        }
    }

    interface Reading<T> {
        T read(ArrowFile file);
    }

    static <T> T open(byte[] bytes, Reading<T> reading) {
        long allocation = Memory.allocatePrivate(bytes.length + 64L);
        long address = allocation + 63 & ~63L;
        Memory.copy(bytes, 0, address, bytes.length);
        AtomicInteger released = new AtomicInteger();
        try (ArrowFile file = ArrowFile.open(() -> "test", address, bytes.length, released::incrementAndGet)) {
            return reading.read(file);
        } finally {
            assertThat(released).as("times released").hasValue(1);
            Memory.freePrivate(allocation);
        }
    }

    /**
     * Reads every value of an open file through Arrow's accessors. Where validation finds nothing, every value has to be
     * there; else values may throw, and those that say they are huge, for which Arrow allocates memory before it looks, are
     * left out. Returns whether validation found nothing.
     */
    static boolean readAll(ArrowFile file) {
        boolean valid = true;
        try {
            file.validate();
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).isEqualTo(Kind.CORRUPT);
            valid = false;
        }
        List<FieldVector> vectors = new ArrayList<>();
        for (long id : file.dictionaries().getDictionaryIds()) {
            vectors.add(file.dictionaries().lookup(id).getVector());
        }
        for (int batch = 0; batch < file.batchCount(); batch++) {
            VectorSchemaRoot root = openable(file, batch);
            if (root == null) {
                assertThat(valid).isFalse();
                continue;
            }
            for (FieldVector vector : root.getFieldVectors()) {
                assertThat(vector.getValueCount()).isEqualTo(root.getRowCount());
                vectors.add(vector);
            }
        }
        for (FieldVector vector : vectors) {
            if (valid || !hasHugeValue(vector)) {
                readAll(vector, valid);
            }
        }
        return valid;
    }

    /** Null if it is damaged. */
    static @Nullable VectorSchemaRoot openable(ArrowFile file, int batch) {
        try {
            return file.batch(batch);
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).isEqualTo(Kind.CORRUPT);
            return null;
        }
    }

    private static void readAll(FieldVector vector, boolean valid) {
        for (int row = 0; row < vector.getValueCount(); row++) {
            try {
                vector.getObject(row);
            } catch (DateTimeException | ArithmeticException e) {
                // A number that is no date of Java's.
            } catch (RuntimeException e) {
                if (valid) {
                    throw e;
                }
            }
        }
    }

    private static boolean hasHugeValue(FieldVector vector) {
        boolean isHuge = false;
        int width = vector instanceof BaseLargeVariableWidthVector || vector instanceof LargeListVector ? 8 : 4;
        boolean hasOffsets = width == 8 || vector instanceof BaseVariableWidthVector || vector instanceof ListVector;
        for (int row = 0; row < vector.getValueCount(); row++) {
            long length = 0;
            if (hasOffsets) {
                length = BatchChecks.offset(vector.getOffsetBuffer(), row + 1L, width)
                        - BatchChecks.offset(vector.getOffsetBuffer(), row, width);
            } else if (vector instanceof BaseVariableWidthViewVector) {
                length = vector.getDataBuffer().getInt((long) row * BatchChecks.VIEW_BYTES);
            }
            isHuge |= length > HUGE;
        }
        return isHuge || vector.getChildrenFromFields().stream().anyMatch(Bytes::hasHugeValue);
    }
}
