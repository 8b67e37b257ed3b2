package io.arrowshm.flink.dropin;

import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.memory.DataInputView;

/** Arrays of byte. */
@Internal
public final class ByteArraySerializer extends PrimitiveArraySerializer<byte[]> {
    public static final ByteArraySerializer INSTANCE = new ByteArraySerializer();

    private static final long serialVersionUID = 1L;

    private ByteArraySerializer() {
        super(byte[].class, DType.INT8);
    }

    @Override
    int length(byte[] array) {
        return array.length;
    }

    @Override
    byte[] newArray(int length) {
        return new byte[length];
    }

    @Override
    void put(byte[] array, int first, int count, ByteBuffer target) {
        target.put(array, first, count);
    }

    @Override
    void get(byte[] array, int first, int count, ByteBuffer source) {
        source.get(array, first, count);
    }

    @Override
    void readEach(byte[] array, DataInputView source) throws IOException {
        for (int i = 0; i < array.length; i++) {
            array[i] = source.readByte();
        }
    }

    @Override
    void copyInto(MutableNdArray target, byte[] array) {
        target.copyFrom(array, 0);
    }

    @Override
    void copyFrom(NdArray source, byte[] array) {
        source.copyTo(array, 0);
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
