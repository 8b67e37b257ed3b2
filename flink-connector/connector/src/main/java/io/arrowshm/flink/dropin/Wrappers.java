package io.arrowshm.flink.dropin;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.api.java.typeutils.TypeExtractor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The classes that are registered with the field that holds their array, in this JVM. Any thread. */
final class Wrappers {
    private static final Logger LOG = LoggerFactory.getLogger(Wrappers.class);
    private static final Map<Class<?>, String> FIELDS = new WeakHashMap<>();

    private Wrappers() {}

    /**
     * Registers a class, once.
     *
     * @param wrapper {@code class#field}
     * @throws SharedMemoryException ARGUMENT if it is not the name of a class and of its field with an array
     */
    static synchronized void register(String wrapper, ClassLoader classLoader) {
        int separator = wrapper.indexOf('#');
        if (separator < 0) {
            throw refuse(wrapper, "it has no '#'", null);
        }
        String name = wrapper.substring(separator + 1).trim();
        Class<?> type = load(wrapper, wrapper.substring(0, separator).trim(), classLoader);
        Field field = field(wrapper, type, name);
        if (type.isRecord() || ArraySerializers.of(field.getType()) == null) {
            throw refuse(wrapper, "the field is a " + field.getType().getTypeName() + " of " + type, null);
        }
        if (FIELDS.put(type, name) != null) {
            return;
        }
        if (TypeExtractor.getTypeInfoFactory(type) != null) {
            FIELDS.remove(type);
            throw refuse(wrapper, "another type information factory is registered for the class", null);
        }
        if (!(TypeInformation.of(type) instanceof GenericTypeInfo)) {
            FIELDS.remove(type);
            LOG.info("{} needs no registration: Flink looks into the class, and finds the array", wrapper);
            return;
        }
        TypeExtractor.registerFactory(type, WrapperTypeInfoFactory.class);
    }

    /** The field of a class; null if that is not registered. */
    static synchronized @Nullable String field(Class<?> type) {
        return FIELDS.get(type);
    }

    private static Class<?> load(String wrapper, String name, ClassLoader classLoader) {
        try {
            return Class.forName(name, false, classLoader);
        } catch (ClassNotFoundException | LinkageError e) {
            throw refuse(wrapper, "there is no class " + name, e);
        }
    }

    private static Field field(String wrapper, Class<?> type, String name) {
        try {
            return type.getDeclaredField(name);
        } catch (NoSuchFieldException e) {
            throw refuse(wrapper, "the class declares no field " + name, e);
        }
    }

    private static SharedMemoryException refuse(String wrapper, String why, @Nullable Throwable cause) {
        return new SharedMemoryException(
                Kind.ARGUMENT,
                DropInOptions.WRAPPERS.key() + "=" + wrapper + ": " + why
                        + "; allowed is class#field, of a class that is no record and declares the field as byte[], short[],"
                        + " int[], long[], float[] or double[]",
                cause);
    }
}
