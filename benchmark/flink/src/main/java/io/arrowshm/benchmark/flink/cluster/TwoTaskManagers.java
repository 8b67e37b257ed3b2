package io.arrowshm.benchmark.flink.cluster;

import io.arrowshm.benchmark.flink.job.Place;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.LocalClusterOptions;
import io.arrowshm.cluster.TaskManagerSpec;
import java.time.Duration;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** A cluster of one JobManager and two TaskManagers, at the {@link Place}s 0 and 1. Stateless. */
public final class TwoTaskManagers {
    /** For a cluster to start, and for whatever it is asked to do. */
    public static final Duration TIMEOUT = Duration.ofMinutes(3);

    private TwoTaskManagers() {}

    /**
     * Starts all processes and waits until both TaskManagers are there.
     *
     * @param spec of each TaskManager
     * @param configuration of Flink, beside that of the local cluster
     */
    public static LocalCluster start(TaskManagerSpec spec, Map<String, String> configuration) {
        LocalCluster cluster = LocalCluster.start(LocalClusterOptions.builder()
                .configuration(configuration)
                .startTimeout(TIMEOUT)
                .taskManager(spec.withPlacement(Place.of(0)))
                .taskManager(spec.withPlacement(Place.of(1)))
                .build());
        try {
            cluster.awaitTaskManagers(TIMEOUT);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** That all processes have spent since they started. */
    public static double cpuSeconds(LocalCluster cluster) {
        return LongStream.concat(LongStream.of(cluster.jobManagerPid()), pids(cluster))
                .mapToObj(ProcessHandle::of)
                .flatMap(process -> process.stream())
                .flatMap(process -> process.info().totalCpuDuration().stream())
                .flatMapToDouble(duration -> DoubleStream.of(duration.toNanos() / 1e9))
                .sum();
    }

    /** Of the TaskManagers. */
    public static LongStream pids(LocalCluster cluster) {
        return LongStream.of(cluster.taskManagerPid(0), cluster.taskManagerPid(1));
    }
}
