package io.arrowshm.benchmark.flink.record;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/** An array in a class that Flink leaves to Kryo. */
public final class KryoArrayFormat implements RecordFormat<KryoArray> {
    private static final long serialVersionUID = 1L;

    @Override
    public TypeInformation<KryoArray> type() {
        return TypeInformation.of(KryoArray.class);
    }

    @Override
    public KryoArray fill(long number, double[] template, @Nullable KryoArray last) {
        KryoArray record = last == null ? new KryoArray(template.length) : last;
        System.arraycopy(template, 0, record.values(), 0, template.length);
        record.values()[0] = number;
        return record;
    }

    @Override
    public double at(KryoArray record, int index) {
        return record.values()[index];
    }

    @Override
    public double sum(KryoArray record) {
        return Doubles.sum(record.values());
    }
}
