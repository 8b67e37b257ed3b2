package io.arrowshm.flink;

import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * One cluster in this process for the jobs of all test classes, started by the first class that has this extension and
 * closed behind the last.
 */
public final class TestCluster implements BeforeAllCallback {
    private static final int SLOTS = 16;
    /** What begins like this is read by schedulers and TaskManagers, and not from a job's configuration. */
    private static final Set<String> OPTIONS_OF_CLUSTERS =
            Set.of("jobmanager.", "taskmanager.", "slow-task-detector.", "execution.batch");

    private static MiniCluster cluster;

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot()
                .getStore(Namespace.create(TestCluster.class))
                .getOrComputeIfAbsent(TestCluster.class, first -> start(), AutoCloseable.class);
    }

    /** Its jobs run here, or on a cluster of their own if they want one that is configured in another way. */
    public static StreamExecutionEnvironment environment(int parallelism, Configuration configuration) {
        boolean wantsItsOwn = configuration.keySet().stream()
                .anyMatch(key -> OPTIONS_OF_CLUSTERS.stream().anyMatch(key::startsWith));
        return wantsItsOwn
                ? StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration)
                : new TestStreamEnvironment(cluster, configuration, parallelism, List.of(), List.of());
    }

    private static AutoCloseable start() {
        Configuration configuration = new Configuration();
        configuration.set(RestOptions.BIND_PORT, "0");
        // A slot has as much as on a cluster of its own.
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(32 * SLOTS));
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumSlotsPerTaskManager(SLOTS)
                .build());
        try {
            cluster.start();
        } catch (Exception e) {
            throw new IllegalStateException("the cluster does not start", e);
        }
        return cluster;
    }
}
