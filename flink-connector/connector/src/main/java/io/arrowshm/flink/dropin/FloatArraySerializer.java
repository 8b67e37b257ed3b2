package io.arrowshm.flink.dropin;

import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.memory.DataInputView;

/** Arrays of float. */
@Internal
public final class FloatArraySerializer extends PrimitiveArraySerializer<float[]> {
    public static final FloatArraySerializer INSTANCE = new FloatArraySerializer();

    private static final long serialVersionUID = 1L;

    private FloatArraySerializer() {
        super(float[].class, DType.FLOAT32);
    }

    @Override
    int length(float[] array) {
        return array.length;
    }

    @Override
    float[] newArray(int length) {
        return new float[length];
    }

    @Override
    void put(float[] array, int first, int count, ByteBuffer target) {
        int start = target.position();
        target.asFloatBuffer().put(array, first, count);
        for (int i = 0; i < count; i++) {
            if (Float.isNaN(array[first + i])) {
                // Flink writes every NaN as the same one.
                target.putFloat(start + i * Float.BYTES, Float.NaN);
            }
        }
    }

    @Override
    void get(float[] array, int first, int count, ByteBuffer source) {
        source.asFloatBuffer().get(array, first, count);
    }

    @Override
    void readEach(float[] array, DataInputView source) throws IOException {
        for (int i = 0; i < array.length; i++) {
            array[i] = source.readFloat();
        }
    }

    @Override
    void copyInto(MutableNdArray target, float[] array) {
        target.copyFrom(array, 0);
    }

    @Override
    void copyFrom(NdArray source, float[] array) {
        source.copyTo(array, 0);
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
