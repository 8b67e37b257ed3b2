package io.arrowshm.benchmark.flink.record;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/** An Arrow IPC stream of one batch as the bytes of a record: how Arrow travels through Flink otherwise. */
public final class ArrowIpcFormat implements RecordFormat<byte[]> {
    private static final long serialVersionUID = 1L;
    private static final Schema SCHEMA = new Schema(
            List.of(Field.notNullable("values", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE))));
    private static final BufferAllocator ALLOCATOR = new RootAllocator();

    @Override
    public TypeInformation<byte[]> type() {
        return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    }

    @Override
    public byte[] fill(long number, double[] template, byte @Nullable [] last) {
        int bytes = template.length * Double.BYTES;
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes + 1024);
        try (VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, ALLOCATOR);
                ArrowStreamWriter writer = new ArrowStreamWriter(root, null, out)) {
            Float8Vector values = (Float8Vector) root.getVector(0);
            values.allocateNew(template.length);
            ByteBuffer target = values.getDataBuffer().nioBuffer(0, bytes).order(ByteOrder.nativeOrder());
            target.asDoubleBuffer().put(template).put(0, (double) number);
            // All of them are there.
            values.getValidityBuffer().setOne(0, values.getValidityBuffer().capacity());
            root.setRowCount(template.length);
            writer.writeBatch();
            writer.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    @Override
    public double at(byte[] record, int index) {
        return read(record, values -> values.get(index));
    }

    @Override
    public double sum(byte[] record) {
        return read(record, values -> {
            double sum = 0;
            for (int i = 0; i < values.getValueCount(); i++) {
                sum += values.get(i);
            }
            return sum;
        });
    }

    private static double read(byte[] record, ToDoubleFunction<Float8Vector> function) {
        try (ArrowStreamReader reader = new ArrowStreamReader(new ByteArrayInputStream(record), ALLOCATOR)) {
            reader.loadNextBatch();
            return function.applyAsDouble(
                    (Float8Vector) reader.getVectorSchemaRoot().getVector(0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
