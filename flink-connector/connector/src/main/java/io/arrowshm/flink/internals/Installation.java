package io.arrowshm.flink.internals;

import io.arrowshm.Segment;
import java.security.CodeSource;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.annotation.Internal;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.FlinkUserCodeClassLoader;
import org.jspecify.annotations.Nullable;

/**
 * Whether the connector, the library and Arrow are where they belong: in Flink's lib/, loaded once in each process, and not
 * in a job's jar, from which Flink loads them anew for every job and before it looks into lib/.
 */
@Internal
public final class Installation {
    private static final List<Class<?>> ONCE_IN_A_PROCESS =
            List.of(Installation.class, Segment.class, VectorSchemaRoot.class);

    private Installation() {}

    /**
     * To be called before a job is built or a pool is opened: what is wrong shows with the first job, not with the second.
     *
     * @throws IllegalStateException if the job of the calling thread has one of them in its own jar
     */
    public static void check() {
        ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
        for (Class<?> type : ONCE_IN_A_PROCESS) {
            if (type.getClassLoader() instanceof FlinkUserCodeClassLoader) {
                throw refuse(type, isInLib(type));
            }
            Class<?> jobs = classLoader == null ? type : load(type, classLoader);
            if (jobs != type) {
                throw refuse(jobs, true);
            }
        }
    }

    /** The configuration file of this JVM's Flink. */
    public static ReadableConfig configuration() {
        return GlobalConfiguration.loadConfiguration();
    }

    private static Class<?> load(Class<?> type, ClassLoader classLoader) {
        try {
            return Class.forName(type.getName(), false, classLoader);
        } catch (ClassNotFoundException | LinkageError e) {
            // The job does not use it.
            return type;
        }
    }

    private static boolean isInLib(Class<?> type) {
        ClassLoader flinks = StreamExecutionEnvironment.class.getClassLoader();
        return flinks.getResource(type.getName().replace('.', '/') + ".class") != null;
    }

    private static IllegalStateException refuse(Class<?> type, boolean isInLib) {
        return new IllegalStateException(
                "the job's jar" + location(type) + " contains " + type.getPackageName() + ", loaded by "
                        + type.getClassLoader() + " for this job alone"
                        + (isInLib ? ", although Flink's lib/ has it too" : "")
                        + "; a process shares memory through one class loader for all jobs: leave flink-connector, arrow-shm and"
                        + " Arrow out of the job's jar (scope provided in Maven), and put the connector into lib/ of every machine");
    }

    private static String location(Class<?> type) {
        @Nullable CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null ? "" : " " + source.getLocation();
    }
}
