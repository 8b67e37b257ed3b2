package io.arrowshm.flink.dropin;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.flink.internals.ArrayTypes;
import io.arrowshm.flink.internals.Installation;
import java.util.function.Function;
import org.apache.flink.annotation.PublicEvolving;
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

    private static volatile boolean enabled;

    private DropIn() {}

    /**
     * Jobs that this JVM builds from now on are in drop-in mode. May be called any number of times.
     *
     * @param configuration says which {@link DropInOptions#WRAPPERS} there are; their classes are loaded by the context
     *     class loader of the calling thread
     * @throws SharedMemoryException ARGUMENT if one of them is not a class and its field with an array
     * @throws IllegalStateException if the connector is in the job's jar, and not in Flink's lib/ alone
     */
    public static synchronized void enable(ReadableConfig configuration) {
        Installation.check();
        ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
        for (String wrapper : configuration.get(DropInOptions.WRAPPERS)) {
            Wrappers.register(wrapper, classLoader == null ? DropIn.class.getClassLoader() : classLoader);
        }
        enabled = true;
        use(ours -> ours);
    }

    /** Jobs that this JVM builds from now on use Flink's own serializers. */
    public static synchronized void disable() {
        enabled = false;
        use(PrimitiveArraySerializer::flinks);
    }

    static boolean isEnabled() {
        return enabled;
    }

    /**
     * Flink has one type information for each kind of primitive array, wherever it appears; all that changes is what
     * serializer it hands out. So what may be a key, how arrays compare and print stays as it is.
     */
    private static void use(Function<PrimitiveArraySerializer<?>, TypeSerializer<?>> choice) {
        try {
            for (PrimitiveArraySerializer<?> serializer : ArraySerializers.ALL) {
                ArrayTypes.handOut(serializer.arrayType(), choice.apply(serializer));
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.warn("Drop-in mode is off, it needs Flink 2.0 to 2.3: the serializers of arrays cannot be replaced", e);
        }
    }
}
