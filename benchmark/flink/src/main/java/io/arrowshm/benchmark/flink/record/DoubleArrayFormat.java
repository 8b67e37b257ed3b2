package io.arrowshm.benchmark.flink.record;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/** An array of doubles in a POJO: what most jobs do, and what drop-in mode is for. */
public final class DoubleArrayFormat implements RecordFormat<DoubleArray> {
    private static final long serialVersionUID = 1L;

    @Override
    public TypeInformation<DoubleArray> type() {
        return TypeInformation.of(DoubleArray.class);
    }

    @Override
    public DoubleArray fill(long number, double[] template, @Nullable DoubleArray last) {
        DoubleArray record = last;
        if (record == null) {
            record = new DoubleArray();
            record.values = new double[template.length];
        }
        System.arraycopy(template, 0, record.values, 0, template.length);
        record.values[0] = number;
        return record;
    }

    @Override
    public double at(DoubleArray record, int index) {
        return record.values[index];
    }

    @Override
    public double sum(DoubleArray record) {
        return Doubles.sum(record.values);
    }
}
