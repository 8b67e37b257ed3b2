package io.arrowshm.benchmark.flink.record;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DoubleType;
import org.jspecify.annotations.Nullable;

/** A row with an array, as Flink's SQL moves them. */
public final class RowDataFormat implements RecordFormat<RowData> {
    private static final long serialVersionUID = 1L;

    @Override
    public TypeInformation<RowData> type() {
        return InternalTypeInfo.ofFields(new ArrayType(new DoubleType(false)));
    }

    @Override
    public RowData fill(long number, double[] template, @Nullable RowData last) {
        double[] values = template.clone();
        values[0] = number;
        return GenericRowData.of(new GenericArrayData(values));
    }

    @Override
    public double at(RowData record, int index) {
        return record.getArray(0).getDouble(index);
    }

    @Override
    public double sum(RowData record) {
        ArrayData array = record.getArray(0);
        double sum = 0;
        int size = array.size();
        for (int i = 0; i < size; i++) {
            sum += array.getDouble(i);
        }
        return sum;
    }
}
