package io.arrowshm.flink.dropin;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.ReadableConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drop-in mode: the arrays in the records of unchanged jobs travel through shared memory.
 *
 * <p>It has to be on in the JVM that builds the job, before the job's types are asked for. Most easily by configuration,
 * {@code execution.job-listeners: io.arrowshm.flink.dropin.DropInListener}, which each environment looks at when it is made.
 * Through which pool is configured for the TaskManagers, see {@link DropInOptions}.
 *
 * <p>Any thread.
 */
@PublicEvolving
public final class DropIn {
    private static final Logger LOG = LoggerFactory.getLogger(DropIn.class);

    private static final Map<PrimitiveArrayTypeInfo<?>, PrimitiveArraySerializer<?>> SERIALIZERS = Map.of(
            PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO, ByteArraySerializer.INSTANCE,
            PrimitiveArrayTypeInfo.SHORT_PRIMITIVE_ARRAY_TYPE_INFO, ShortArraySerializer.INSTANCE,
            PrimitiveArrayTypeInfo.INT_PRIMITIVE_ARRAY_TYPE_INFO, IntArraySerializer.INSTANCE,
            PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO, LongArraySerializer.INSTANCE,
            PrimitiveArrayTypeInfo.FLOAT_PRIMITIVE_ARRAY_TYPE_INFO, FloatArraySerializer.INSTANCE,
            PrimitiveArrayTypeInfo.DOUBLE_PRIMITIVE_ARRAY_TYPE_INFO, DoubleArraySerializer.INSTANCE);

    private DropIn() {}

    /**
     * Jobs that this JVM builds from now on are in drop-in mode. May be called any number of times.
     *
     * @param configuration says which {@link DropInOptions#WRAPPERS} there are
     */
    public static void enable(ReadableConfig configuration) {
        use(ours -> ours);
    }

    /** Jobs that this JVM builds from now on use Flink's own serializers. */
    public static void disable() {
        use(PrimitiveArraySerializer::flinks);
    }

    /**
     * Flink has one type information for each kind of primitive array, wherever it appears; all that changes is what
     * serializer it hands out. So what may be a key, how arrays compare and print stays as it is.
     */
    private static synchronized void use(Function<PrimitiveArraySerializer<?>, TypeSerializer<?>> choice) {
        try {
            Field field = FlinkRuntime.field(PrimitiveArrayTypeInfo.class, "serializer");
            for (Map.Entry<PrimitiveArrayTypeInfo<?>, PrimitiveArraySerializer<?>> entry : SERIALIZERS.entrySet()) {
                field.set(entry.getKey(), choice.apply(entry.getValue()));
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn("Drop-in mode is off, it needs Flink 2.3: the serializers of arrays cannot be replaced", e);
        }
    }
}
