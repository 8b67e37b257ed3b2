package io.arrowshm.flink.dropin;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;

/** The type of a registered wrapper class: for Flink what it is without registration, but for its serializer. */
final class WrapperTypeInfo<T> extends GenericTypeInfo<T> {
    private static final long serialVersionUID = 1L;

    private final String field;

    WrapperTypeInfo(Class<T> type, String field) {
        super(type);
        this.field = field;
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return WrapperSerializer.of(getTypeClass(), field, super.createSerializer(config));
    }
}
