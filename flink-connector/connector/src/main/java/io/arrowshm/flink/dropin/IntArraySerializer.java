package io.arrowshm.flink.dropin;

import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.memory.DataInputView;

/** Arrays of int. */
@Internal
public final class IntArraySerializer extends PrimitiveArraySerializer<int[]> {
    public static final IntArraySerializer INSTANCE = new IntArraySerializer();

    private static final long serialVersionUID = 1L;

    private IntArraySerializer() {
        super(int[].class, DType.INT32);
    }

    @Override
    int length(int[] array) {
        return array.length;
    }

    @Override
    int[] newArray(int length) {
        return new int[length];
    }

    @Override
    void put(int[] array, int first, int count, ByteBuffer target) {
        target.asIntBuffer().put(array, first, count);
    }

    @Override
    void get(int[] array, int first, int count, ByteBuffer source) {
        source.asIntBuffer().get(array, first, count);
    }

    @Override
    void readEach(int[] array, DataInputView source) throws IOException {
        for (int i = 0; i < array.length; i++) {
            array[i] = source.readInt();
        }
    }

    @Override
    void copyInto(MutableNdArray target, int[] array) {
        target.copyFrom(array, 0);
    }

    @Override
    void copyFrom(NdArray source, int[] array) {
        source.copyTo(array, 0);
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
