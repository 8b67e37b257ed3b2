package io.arrowshm.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to start.
 *
 * @param taskManagers one specification for each TaskManager, by index
 * @param configuration further Flink options of every process; they win over those of the cluster
 * @param jobManagerHeapMb heap of the JobManager's JVM, MiB
 * @param jvmArguments further arguments of every JVM, after Flink's own and those of FLINK_ENV_JAVA_OPTS
 * @param environment further environment variables of every JVM
 * @param workDirectory where configuration, logs and temporary files go: empty or absent, or null for a new temporary
 *     directory
 * @param keepLogs whether {@link LocalCluster#close()} leaves the logs in the work directory
 * @param classData a directory for archives of classes, for clusters of the same class path: from the third on they start
 *     with two thirds of the work, the second needs twice as much; or null for none
 * @param startTimeout how long {@link LocalCluster#start} waits for the JobManager
 * @param stopTimeout how long a process may take to stop before it is killed
 */
public record LocalClusterOptions(
        List<TaskManagerSpec> taskManagers,
        Map<String, String> configuration,
        int jobManagerHeapMb,
        List<String> jvmArguments,
        Map<String, String> environment,
        @Nullable Path workDirectory,
        boolean keepLogs,
        @Nullable Path classData,
        Duration startTimeout,
        Duration stopTimeout) {

    public LocalClusterOptions {
        taskManagers = List.copyOf(taskManagers);
        configuration = Map.copyOf(configuration);
        jvmArguments = List.copyOf(jvmArguments);
        environment = Map.copyOf(environment);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects the options; not for several threads. */
    public static final class Builder {
        private final List<TaskManagerSpec> taskManagers = new ArrayList<>();
        private final Map<String, String> configuration = new LinkedHashMap<>();
        private final List<String> jvmArguments = new ArrayList<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private int jobManagerHeapMb = 512;
        private @Nullable Path workDirectory;
        private boolean keepLogs;
        private @Nullable Path classData;
        private Duration startTimeout = Duration.ofMinutes(2);
        private Duration stopTimeout = Duration.ofSeconds(10);

        private Builder() {}

        public Builder taskManager(TaskManagerSpec spec) {
            taskManagers.add(spec);
            return this;
        }

        public Builder taskManagers(int count, TaskManagerSpec spec) {
            for (int i = 0; i < count; i++) {
                taskManagers.add(spec);
            }
            return this;
        }

        public Builder configuration(String key, String value) {
            configuration.put(key, value);
            return this;
        }

        public Builder configuration(Map<String, String> options) {
            configuration.putAll(options);
            return this;
        }

        public Builder jvmArgument(String argument) {
            jvmArguments.add(argument);
            return this;
        }

        public Builder environment(String name, String value) {
            environment.put(name, value);
            return this;
        }

        public Builder jobManagerHeapMb(int megabytes) {
            jobManagerHeapMb = megabytes;
            return this;
        }

        public Builder workDirectory(Path directory) {
            workDirectory = directory;
            return this;
        }

        public Builder keepLogs(boolean keep) {
            keepLogs = keep;
            return this;
        }

        public Builder classData(Path directory) {
            classData = directory;
            return this;
        }

        public Builder startTimeout(Duration timeout) {
            startTimeout = timeout;
            return this;
        }

        public Builder stopTimeout(Duration timeout) {
            stopTimeout = timeout;
            return this;
        }

        public LocalClusterOptions build() {
            return new LocalClusterOptions(
                    taskManagers,
                    configuration,
                    jobManagerHeapMb,
                    jvmArguments,
                    environment,
                    workDirectory,
                    keepLogs,
                    classData,
                    startTimeout,
                    stopTimeout);
        }
    }
}
