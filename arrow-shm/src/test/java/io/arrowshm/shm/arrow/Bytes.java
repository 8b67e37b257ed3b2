package io.arrowshm.shm.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.shm.memory.Memory;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** Arrow files as arrays of bytes, written and opened as segments are. */
final class Bytes {
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

    interface Reading<T> {
        T read(VectorSchemaRoot root);
    }

    static <T> T open(byte[] bytes, Reading<T> reading) {
        long allocation = Memory.allocatePrivate(bytes.length + 64L);
        long address = allocation + 63 & ~63L;
        Memory.copy(bytes, 0, address, bytes.length);
        AtomicInteger released = new AtomicInteger();
        try (VectorSchemaRoot root = BatchOpener.open(() -> "test", address, bytes.length, released::incrementAndGet)) {
            return reading.read(root);
        } finally {
            assertThat(released).as("times released").hasValue(1);
            Memory.freePrivate(allocation);
        }
    }

    /** Reads every value through Arrow's accessors; values that are damaged may throw. Returns how many did. */
    static int readAll(VectorSchemaRoot root) {
        int failed = 0;
        for (FieldVector vector : root.getFieldVectors()) {
            for (int i = 0; i < Math.min(vector.getValueCount(), 1000); i++) {
                try {
                    vector.getObject(i);
                } catch (RuntimeException | OutOfMemoryError e) {
                    failed++;
                }
            }
        }
        return failed;
    }
}
