package io.arrowshm.flink.dropin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The serializers of all types of arrays that drop-in mode knows. */
final class ArraySerializers {
    static final List<PrimitiveArraySerializer<?>> ALL = List.of(
            ByteArraySerializer.INSTANCE,
            ShortArraySerializer.INSTANCE,
            IntArraySerializer.INSTANCE,
            LongArraySerializer.INSTANCE,
            FloatArraySerializer.INSTANCE,
            DoubleArraySerializer.INSTANCE);

    private ArraySerializers() {}

    /** That of a type; null if it is no array that drop-in mode knows. */
    static @Nullable PrimitiveArraySerializer<?> of(Class<?> type) {
        for (PrimitiveArraySerializer<?> serializer : ALL) {
            if (serializer.arrayType() == type) {
                return serializer;
            }
        }
        return null;
    }
}
