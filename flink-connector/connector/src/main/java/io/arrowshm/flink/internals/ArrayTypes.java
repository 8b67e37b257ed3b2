package io.arrowshm.flink.internals;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.DoublePrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.FloatPrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.IntPrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.ShortPrimitiveArraySerializer;

/** What Flink knows of arrays of a primitive type: one type information for each type, wherever it appears. */
@Internal
public final class ArrayTypes {
    private static final Map<Class<?>, TypeSerializer<?>> SERIALIZERS = Map.of(
            byte[].class, BytePrimitiveArraySerializer.INSTANCE,
            short[].class, ShortPrimitiveArraySerializer.INSTANCE,
            int[].class, IntPrimitiveArraySerializer.INSTANCE,
            long[].class, LongPrimitiveArraySerializer.INSTANCE,
            float[].class, FloatPrimitiveArraySerializer.INSTANCE,
            double[].class, DoublePrimitiveArraySerializer.INSTANCE);

    private ArrayTypes() {}

    /** Flink's own serializer. */
    @SuppressWarnings("unchecked")
    public static <A> TypeSerializer<A> serializer(Class<A> type) {
        return (TypeSerializer<A>) requireNonNull(SERIALIZERS.get(type));
    }

    /** Has the type information hand another serializer out. */
    public static void handOut(Class<?> type, TypeSerializer<?> serializer) throws ReflectiveOperationException {
        Fields.of(PrimitiveArrayTypeInfo.class, "serializer").set(PrimitiveArrayTypeInfo.getInfoFor(type), serializer);
    }
}
