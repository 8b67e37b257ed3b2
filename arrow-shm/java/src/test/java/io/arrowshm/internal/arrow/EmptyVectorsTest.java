package io.arrowshm.internal.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.error.SharedMemoryException;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;
import org.apache.arrow.vector.util.TransferPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EmptyVectorsTest {
    private static final Schema LISTS = new Schema(List.of(new Field(
            "list",
            FieldType.nullable(new ArrowType.List()),
            List.of(Field.nullable("v", new ArrowType.Int(32, true))))));

    @ParameterizedTest
    @EnumSource
    void whatHasNoElementsIsReadInPlaceAndByArrow(EmptyVectors.Filling filling) throws IOException {
        List<Schema> schemas = EmptyVectors.schemas();
        assertThat(schemas).hasSizeGreaterThan(5);
        for (Schema schema : schemas) {
            byte[] bytes = EmptyVectors.write(schema, filling);
            Bytes.open(bytes, file -> {
                assertThat(Bytes.readAll(file)).isTrue();
                file.onlyBatch().getFieldVectors().forEach(EmptyVectorsTest::slice);
                return null;
            });
            readByArrow(bytes);
        }
    }

    private static void readByArrow(byte[] bytes) throws IOException {
        try (BufferAllocator allocator = new RootAllocator();
                ArrowFileReader reader =
                        new ArrowFileReader(new ByteArrayReadableSeekableByteChannel(bytes), allocator)) {
            assertThat(reader.loadNextBatch()).isTrue();
            for (FieldVector vector : reader.getVectorSchemaRoot().getFieldVectors()) {
                for (int row = 0; row < vector.getValueCount(); row++) {
                    vector.getObject(row);
                }
                slice(vector);
            }
        }
    }

    private static void slice(FieldVector vector) {
        if (hasUnion(vector.getField())) {
            // Arrow Java does not release what it makes for a slice of one.
            return;
        }
        TransferPair pair = vector.getTransferPair(vector.getAllocator());
        pair.splitAndTransfer(0, vector.getValueCount());
        pair.getTo().close();
    }

    private static boolean hasUnion(Field field) {
        return field.getType() instanceof ArrowType.Union
                || field.getChildren().stream().anyMatch(EmptyVectorsTest::hasUnion);
    }

    @Test
    void theOnlyOffsetOfNoRowsIsValidated() {
        byte[] bytes = Bytes.write(LISTS, 64, writer -> writer.root().setRowCount(0));
        int body = SegmentLayout.of(LISTS).bodyOffset();
        assertThat(Bytes.<Boolean>open(bytes, Bytes::readAll)).isTrue();
        bytes[body] = 1;
        Bytes.open(bytes, file -> {
            assertThatThrownBy(file::validate)
                    .isInstanceOf(SharedMemoryException.class)
                    .hasMessageContaining("field list has no rows, and its only offset is 1 of 0");
            return null;
        });
    }

    @Test
    void aSegmentWithoutAnyRoomForBuffersHasItsOffset() {
        byte[] bytes = Bytes.write(LISTS, 0, writer -> writer.root().setRowCount(0));
        assertThat(Bytes.<Boolean>open(bytes, Bytes::readAll)).isTrue();
    }
}
