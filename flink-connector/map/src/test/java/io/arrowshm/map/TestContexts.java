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
        return likeOtherClustersOfTests(builder, TestClusters.FORK);
    }

    /** @param name that no other test has */
    static LocalClusterOptions.Builder likeOtherClustersOfTests(LocalClusterOptions.Builder builder, String name) {
        return builder.workDirectory(TestClusters.logs("map-" + name).resolve("cluster"))
                .keepLogs(true)
                .classData(Path.of("target", "cluster-class-data"))
                .stopTimeout(Duration.ofMinutes(1))
                .startTimeout(Duration.ofMinutes(3));
    }
}
