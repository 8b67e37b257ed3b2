package io.arrowshm.flink.dropin;

import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.memory.DataInputView;

/** Arrays of long. */
@Internal
public final class LongArraySerializer extends PrimitiveArraySerializer<long[]> {
    public static final LongArraySerializer INSTANCE = new LongArraySerializer();

    private static final long serialVersionUID = 1L;

    private LongArraySerializer() {
        super(long[].class, DType.INT64);
    }

    @Override
    int length(long[] array) {
        return array.length;
    }

    @Override
    long[] newArray(int length) {
        return new long[length];
    }

    @Override
    void put(long[] array, int first, int count, ByteBuffer target) {
        target.asLongBuffer().put(array, first, count);
    }

    @Override
    void get(long[] array, int first, int count, ByteBuffer source) {
        source.asLongBuffer().get(array, first, count);
    }

    @Override
    void readEach(long[] array, DataInputView source) throws IOException {
        for (int i = 0; i < array.length; i++) {
            array[i] = source.readLong();
        }
    }

    @Override
    void copyInto(MutableNdArray target, long[] array) {
        target.copyFrom(array, 0);
    }

    @Override
    void copyFrom(NdArray source, long[] array) {
        source.copyTo(array, 0);
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
