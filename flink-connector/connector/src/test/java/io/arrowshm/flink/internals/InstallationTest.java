package io.arrowshm.flink.internals;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.flink.dropin.DropIn;
import io.arrowshm.flink.sink.DatasetSink;
import io.arrowshm.flink.source.DatasetSource;
import io.arrowshm.flink.stream.ProcessPools;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.stream.Stream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.util.FlinkUserCodeClassLoaders;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With the class loaders that Flink makes for the jar of a job, child-first as by default. */
class InstallationTest {
    private static final PoolOptions NEVER_MADE = PoolOptions.named("installation-test");
    private static final ClassLoader LIB = InstallationTest.class.getClassLoader();

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @AfterEach
    void restoreClassLoader() {
        Thread.currentThread().setContextClassLoader(before);
    }

    @Test
    void aJobWhoseJarHasNothingOfItIsAccepted() throws IOException {
        try (URLClassLoader job = jobWith()) {
            Thread.currentThread().setContextClassLoader(job);
            assertThatCode(Installation::check).doesNotThrowAnyException();
        }
    }

    @Test
    void theConnectorInAJobsJarAloneIsRefused() throws Exception {
        URL[] jar = Stream.of(Installation.class, Segment.class, VectorSchemaRoot.class)
                .map(InstallationTest::location)
                .toArray(URL[]::new);
        ClassLoader lib = new WithoutTheConnector();
        try (URLClassLoader job = FlinkUserCodeClassLoaders.childFirst(jar, lib, new String[0], error -> {}, false)) {
            assertThatThrownBy(() -> callIn(job))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the job's jar " + location(Installation.class))
                    .hasMessageContaining("io.arrowshm.flink.internals")
                    .hasMessageContaining("ChildFirstClassLoader")
                    .hasMessageContaining("put the connector into lib/ of every machine");
        }
    }

    @Test
    void theConnectorInBothPlacesIsRefused() throws Exception {
        try (URLClassLoader job = jobWith(Installation.class, Segment.class, VectorSchemaRoot.class)) {
            assertThatThrownBy(() -> callIn(job))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("although Flink's lib/ has it too");
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {Segment.class, VectorSchemaRoot.class})
    void theLibraryOrArrowInAJobsJarIsRefused(Class<?> type) throws Exception {
        try (URLClassLoader job = jobWith(type)) {
            Thread.currentThread().setContextClassLoader(job);
            assertRefused(Installation::check, type);
        }
    }

    @Test
    void everythingThatAJobBeginsWithLooks() throws Exception {
        try (URLClassLoader job = jobWith(VectorSchemaRoot.class)) {
            Thread.currentThread().setContextClassLoader(job);
            assertRefused(() -> ProcessPools.get(NEVER_MADE), VectorSchemaRoot.class);
            assertRefused(() -> DatasetSource.segments(NEVER_MADE), VectorSchemaRoot.class);
            assertRefused(() -> DatasetSink.to(NEVER_MADE, "out"), VectorSchemaRoot.class);
            assertRefused(() -> DropIn.enable(new Configuration()), VectorSchemaRoot.class);
        }
    }

    private static void assertRefused(ThrowingCallable call, Class<?> type) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the job's jar " + location(type))
                .hasMessageContaining(type.getPackageName());
    }

    private static URLClassLoader jobWith(Class<?>... types) {
        URL[] jar = Stream.of(types).map(InstallationTest::location).toArray(URL[]::new);
        return FlinkUserCodeClassLoaders.childFirst(jar, LIB, new String[0], error -> {}, false);
    }

    private static URL location(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    /** Calls the connector of a class loader. */
    private static void callIn(ClassLoader job) throws Throwable {
        try {
            job.loadClass(Installation.class.getName()).getMethod("check").invoke(null);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Has all but what this project puts into lib/. */
    private static final class WithoutTheConnector extends ClassLoader {
        WithoutTheConnector() {
            super(LIB);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.arrowshm.")) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }
    }
}
