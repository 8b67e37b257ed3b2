package io.arrowshm.flink.dropin;

import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.memory.DataInputView;

/** Arrays of double. */
@Internal
public final class DoubleArraySerializer extends PrimitiveArraySerializer<double[]> {
    public static final DoubleArraySerializer INSTANCE = new DoubleArraySerializer();

    private static final long serialVersionUID = 1L;

    private DoubleArraySerializer() {
        super(double[].class, DType.FLOAT64);
    }

    @Override
    int length(double[] array) {
        return array.length;
    }

    @Override
    double[] newArray(int length) {
        return new double[length];
    }

    @Override
    void put(double[] array, int first, int count, ByteBuffer target) {
        int start = target.position();
        target.asDoubleBuffer().put(array, first, count);
        for (int i = 0; i < count; i++) {
            if (Double.isNaN(array[first + i])) {
                // Flink writes every NaN as the same one.
                target.putDouble(start + i * Double.BYTES, Double.NaN);
            }
        }
    }

    @Override
    void get(double[] array, int first, int count, ByteBuffer source) {
        source.asDoubleBuffer().get(array, first, count);
    }

    @Override
    void readEach(double[] array, DataInputView source) throws IOException {
        for (int i = 0; i < array.length; i++) {
            array[i] = source.readDouble();
        }
    }

    @Override
    void copyInto(MutableNdArray target, double[] array) {
        target.copyFrom(array, 0);
    }

    @Override
    void copyFrom(NdArray source, double[] array) {
        source.copyTo(array, 0);
    }

    private Object readResolve() {
        return INSTANCE;
    }
}
