package io.arrowshm.flink.dropin;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The field of a class that holds an array, and those beside it. Any thread. */
final class WrapperField<T> {
    private final Field arrayField;
    private final List<Field> otherFields = new ArrayList<>();

    /** @throws IllegalStateException if the class does not declare the field, or its fields cannot be accessed */
    WrapperField(Class<T> type, String name) {
        try {
            arrayField = type.getDeclaredField(name);
            arrayField.setAccessible(true);
            for (Class<?> declaring = type; declaring != null; declaring = declaring.getSuperclass()) {
                for (Field field : declaring.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers()) && !field.equals(arrayField)) {
                        field.setAccessible(true);
                        otherFields.add(field);
                    }
                }
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalStateException("the fields of " + type + " cannot be accessed: " + e.getMessage(), e);
        }
    }

    Class<?> arrayType() {
        return arrayField.getType();
    }

    @Nullable
    Object array(T object) {
        try {
            return arrayField.get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    void setArray(T object, Object array) {
        try {
            arrayField.set(object, array);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Copies all fields but that of the array, as they are. */
    void copyOthers(T from, T to) {
        try {
            for (Field field : otherFields) {
                field.set(to, field.get(from));
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
