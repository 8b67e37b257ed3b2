package io.arrowshm.map;

import static io.arrowshm.map.Allocation.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.TestPool;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Serial contexts and threads do without Flink, and without what starts processes. */
class WithoutFlinkTest {
    @RegisterExtension
    final TestPool pool = TestPool.ofBytes(1 << 20);

    @Test
    void threadsNeedNothingOfFlinkOnTheClassPath() throws Exception {
        pool.pool();
        String classPath = Arrays.stream(Child.classPath().split(File.pathSeparator))
                .filter(entry -> !entry.contains("flink") || entry.contains("flink-connector" + File.separator + "map"))
                .collect(Collectors.joining(File.pathSeparator));
        assertThat(classPath).isNotEqualTo(Child.classPath());
        List<String> command = new ArrayList<>(List.of(Child.javaOf(Path.of(System.getProperty("java.home")))));
        command.addAll(Child.flags());
        try (Child child = Child.start(command, classPath, ProcessBuilder.Redirect.INHERIT, Main.class, pool.name())) {
            assertThat(child.read()).isEqualTo("no Flink, 45.0 45.0");
        }
    }

    /** The other process. */
    public static final class Main {
        public static void main(String[] arguments) {
            PoolOptions pool = PoolOptions.named(arguments[0]);
            try (Shm serial = Shm.serial(pool);
                    Shm threads = Shm.threads(pool, 3)) {
                System.out.println(flink() + ", " + sum(serial) + " " + sum(threads));
            }
        }

        private static double sum(Shm shm) {
            MutableNdArray sums = shm.alloc(shape(1).perWorker());
            shm.map(
                    Functor.numbers(10),
                    (worker, index, value) -> sums.at(worker, 0).set(sums.getDouble(worker, 0) + value));
            return shm.reduce(sums, Double::sum);
        }

        private static String flink() {
            try {
                return Class.forName("org.apache.flink.api.connector.source.Source") + " is there";
            } catch (ClassNotFoundException e) {
                return "no Flink";
            }
        }
    }
}
