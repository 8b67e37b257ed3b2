package io.arrowshm.map;

import io.arrowshm.cluster.LocalClusterOptions;
import io.arrowshm.cluster.TestClusters;
import java.nio.file.Path;
import java.time.Duration;

/** What contexts of tests have in common. */
final class TestContexts {
    private TestContexts() {}

    /** As {@link TestClusters} has it, with the logs in target/it-logs. */
    static LocalClusterOptions.Builder likeOtherClustersOfTests(LocalClusterOptions.Builder builder) {
        return builder.workDirectory(
                        TestClusters.logs("map-" + TestClusters.FORK).resolve("cluster"))
                .keepLogs(true)
                .classData(Path.of("target", "cluster-class-data"))
                .stopTimeout(Duration.ofMinutes(1))
                .startTimeout(Duration.ofMinutes(3));
    }
}
