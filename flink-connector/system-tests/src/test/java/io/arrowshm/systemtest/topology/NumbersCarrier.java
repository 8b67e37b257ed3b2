package io.arrowshm.systemtest.topology;

import java.util.Map;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.util.function.ThrowingConsumer;

/** Records as POJOs. */
final class NumbersCarrier implements Carrier<Numbers> {
    private static final long serialVersionUID = 1L;

    @Override
    public TypeInformation<Numbers> type() {
        return Types.POJO(Numbers.class, Map.of("values", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    @Override
    public void open() {}

    @Override
    public long first(Numbers record) {
        return record.values[0];
    }

    @Override
    public long digest(Numbers record) {
        long digest = 0;
        for (int i = record.values.length - 1; i >= 0; i--) {
            digest = Words.digest(digest, record.values[i]);
        }
        return Words.mix(digest);
    }

    @Override
    public void make(long first, ThrowingConsumer<Numbers, Exception> lend) throws Exception {
        lend.accept(make(first));
    }

    @Override
    public Numbers make(long first) {
        Numbers made = new Numbers();
        made.values = new long[Words.count(first)];
        for (int i = 0; i < made.values.length; i++) {
            made.values[i] = Words.word(first, i);
        }
        return made;
    }

    @Override
    public Numbers keep(Numbers record) {
        return record;
    }
}
