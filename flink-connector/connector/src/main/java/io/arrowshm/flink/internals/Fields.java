package io.arrowshm.flink.internals;

import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/** Fields that nobody is meant to see. */
final class Fields {
    private Fields() {}

    static Field of(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    static @Nullable Object get(Class<?> type, String name, Object object) throws ReflectiveOperationException {
        return of(type, name).get(object);
    }
}
