package io.arrowshm.flink.dropin;

import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.memory.DataInputView;

/** Arrays of short. */
@Internal
public final class ShortArraySerializer extends PrimitiveArraySerializer<short[]> {
    public static final ShortArraySerializer INSTANCE = new ShortArraySerializer();

    private static final long serialVersionUID = 1L;

    private ShortArraySerializer() {
        super(short[].class, DType.INT16);
    }

    @Override
    int length(short[] array) {
        return array.length;
    }

    @Override
    short[] newArray(int length) {
        return new short[length];
    }

    @Override
    void put(short[] array, int first, int count, ByteBuffer target) {
        target.asShortBuffer().put(array, first, count);
    }

    @Override
    void get(short[] array, int first, int count, ByteBuffer source) {
        source.asShortBuffer().get(array, first, count);
    }

    @Override
    void readEach(short[] array, DataInputView source) throws IOException {
        for (int i = 0; i < array.length; i++) {
            array[i] = source.readShort();
        }
    }

    @Override
    void copyInto(MutableNdArray target, short[] array) {
        target.copyFrom(array, 0);
    }

    @Override
    void copyFrom(NdArray source, short[] array) {
        source.copyTo(array, 0);
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
