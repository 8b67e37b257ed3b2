package io.arrowshm.cluster;

import java.nio.file.Path;
import java.time.Duration;

/** What tests that start and kill processes have in common. */
public final class TestClusters {
    private TestClusters() {}

    /**
     * Options without TaskManagers yet; the logs stay. Its processes live for seconds or minutes, and starting them is most of
     * what they do: the first compiler alone and one thread of garbage collection take half the time.
     *
     * @param workDirectory empty or absent
     */
    public static LocalClusterOptions.Builder shortLived(Path workDirectory) {
        return LocalClusterOptions.builder()
                .workDirectory(workDirectory)
                .keepLogs(true)
                .startTimeout(Duration.ofMinutes(3))
                .jvmArgument("-XX:TieredStopAtLevel=1")
                .jvmArgument("-XX:+UseSerialGC")
                .configuration("web.refresh-interval", "100");
    }

    /** Prints how long something took. */
    public static void report(String what, long since) {
        System.out.printf("%s: %.1f s%n", what, (System.nanoTime() - since) / 1e9);
    }
}
