package io.arrowshm.internal.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compare.VectorEqualsVisitor;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;
import org.junit.jupiter.api.Test;

class RandomBatchTest {
    private static final int BATCHES = 100;

    @Test
    void whatWasWrittenIsReadInPlaceAndByArrowsOwnReaders() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("RandomBatchTest -Dseed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < BATCHES; i++) {
            RandomBatch batch = new RandomBatch(random);
            Schema schema = batch.schema();
            int rows = random.nextInt(5) == 0 ? 0 : random.nextInt(100);
            try (BufferAllocator plain = ArrowMemory.root().newChildAllocator("expected", 0, Long.MAX_VALUE);
                    VectorSchemaRoot expected = VectorSchemaRoot.create(schema, plain)) {
                long state = random.nextLong();
                new RandomBatch(new Random(state)).fill(expected, rows);
                byte[] bytes =
                        Bytes.write(schema, 8 << 20, w -> new RandomBatch(new Random(state)).fill(w.root(), rows));
                String description = "batch " + i + " of " + rows + " rows, " + schema;
                Bytes.open(bytes, file -> {
                    check(description, expected, file.onlyBatch());
                    file.validate();
                    return null;
                });
                readByArrow(description, bytes, expected);
            }
        }
    }

    private static void readByArrow(String description, byte[] bytes, VectorSchemaRoot expected) throws IOException {
        try (BufferAllocator allocator = new RootAllocator();
                ArrowReader file = new ArrowFileReader(new ByteArrayReadableSeekableByteChannel(bytes), allocator);
                ArrowReader stream = new ArrowStreamReader(
                        new ByteArrayInputStream(Arrays.copyOfRange(bytes, 8, bytes.length)), allocator)) {
            for (ArrowReader reader : new ArrowReader[] {file, stream}) {
                assertThat(reader.loadNextBatch()).as(description).isTrue();
                check(description, expected, reader.getVectorSchemaRoot());
                assertThat(reader.loadNextBatch()).as(description).isFalse();
            }
        }
    }

    private static void check(String description, VectorSchemaRoot expected, VectorSchemaRoot actual) {
        assertThat(actual.getSchema()).isEqualTo(expected.getSchema());
        assertThat(actual.getRowCount()).isEqualTo(expected.getRowCount());
        for (int i = 0; i < expected.getFieldVectors().size(); i++) {
            boolean equal = VectorEqualsVisitor.vectorEquals(expected.getVector(i), actual.getVector(i));
            assertThat(equal).as("%s, field %d", description, i).isTrue();
        }
    }
}
