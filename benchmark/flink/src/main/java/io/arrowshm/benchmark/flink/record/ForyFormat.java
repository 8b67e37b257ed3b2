package io.arrowshm.benchmark.flink.record;

import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.fory.Fory;
import org.jspecify.annotations.Nullable;

/** An array serialised by Fory, the fastest serialisation library for Java, as the bytes of a record. */
public final class ForyFormat implements RecordFormat<byte[]> {
    private static final long serialVersionUID = 1L;

    private transient @Nullable Fory fory;
    private transient double @Nullable [] values;

    @Override
    public TypeInformation<byte[]> type() {
        return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
    }

    @Override
    public byte[] fill(long number, double[] template, byte @Nullable [] last) {
        double[] array = values;
        if (array == null) {
            array = new double[template.length];
            values = array;
        }
        System.arraycopy(template, 0, array, 0, template.length);
        array[0] = number;
        return fory().serialize(array);
    }

    @Override
    public double at(byte[] record, int index) {
        return read(record)[index];
    }

    @Override
    public double sum(byte[] record) {
        return Doubles.sum(read(record));
    }

    private double[] read(byte[] record) {
        return (double[]) fory().deserialize(record);
    }

    private Fory fory() {
        Fory made = fory;
        if (made == null) {
            made = Fory.builder().build();
            fory = made;
        }
        return made;
    }
}
