package io.arrowshm.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.util.FileUtils;

/** What tests that start and kill processes have in common. */
public final class TestClusters {
    /** One slot, with as much memory as tests need: what network buffers there are is zeroed when it starts. */
    public static final TaskManagerSpec TASK_MANAGER =
            TaskManagerSpec.DEFAULT.withTaskHeapMb(256).withNetworkMb(32);

    /** Tells this JVM from those that run tests of the same module side by side. */
    public static final String FORK = System.getProperty("fork", "jvm");

    private TestClusters() {}

    /** Options without TaskManagers yet; the logs stay in target/it-logs until the test runs again. */
    public static LocalClusterOptions.Builder of(Class<?> test) {
        return in(logs(test).resolve("cluster"));
    }

    /**
     * Likewise, with the logs elsewhere.
     *
     * @param workDirectory empty or absent
     */
    public static LocalClusterOptions.Builder in(Path workDirectory) {
        return LocalClusterOptions.builder()
                .workDirectory(workDirectory)
                .keepLogs(true)
                .classData(Path.of("target", "cluster-class-data"))
                // Archives of classes are written by what is stopped.
                .stopTimeout(Duration.ofMinutes(1))
                .startTimeout(Duration.ofMinutes(3))
                .configuration("web.refresh-interval", "100")
                // A killed TaskManager is noticed after two of them.
                .configuration("heartbeat.interval", "200 ms");
    }

    /** The directory of what a test leaves for those who look why it failed, emptied. */
    public static Path logs(Class<?> test) {
        return logs(test.getSimpleName());
    }

    /**
     * Likewise.
     *
     * @param name that no other test has, also in another JVM
     */
    public static Path logs(String name) {
        Path directory = Path.of("target", "it-logs", name).toAbsolutePath();
        try {
            FileUtils.deleteDirectory(directory.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty: directory=" + directory, e);
        }
        return directory;
    }

    /** Prints how long something took. */
    public static void report(String what, long since) {
        System.out.printf("%s: %.1f s%n", what, (System.nanoTime() - since) / 1e9);
    }
}
