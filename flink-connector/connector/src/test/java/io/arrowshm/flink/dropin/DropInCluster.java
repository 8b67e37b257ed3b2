package io.arrowshm.flink.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.flink.stream.ProcessPools;
import java.net.URI;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A cluster of two TaskManagers in this process that are configured for drop-in mode, and its pool. One thread. */
final class DropInCluster implements AutoCloseable {
    private static final int SLOTS = 4;
    private static final long DEADLINE_NANOS = 10_000_000_000L;

    private final PoolOptions options;
    private final SharedMemoryPool pool;
    private final MiniCluster cluster;

    private DropInCluster(PoolOptions options, SharedMemoryPool pool, MiniCluster cluster) {
        this.options = options;
        this.pool = pool;
        this.cluster = cluster;
    }

    static DropInCluster start() throws Exception {
        return start(64 << 20);
    }

    static DropInCluster start(long poolBytes) throws Exception {
        PoolOptions options = PoolOptions.named(
                        "drop-in-test-" + ProcessHandle.current().pid())
                .withSizeBytes(poolBytes)
                .withSlots(4096);
        SharedMemoryPool pool = SharedMemoryPool.open(options);
        Configuration configuration = new Configuration();
        configuration.setString("rest.port", "0");
        configuration.setString("rest.bind-address", "127.0.0.1");
        configuration.set(DropInOptions.POOL, options.name());
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(2)
                .setNumSlotsPerTaskManager(SLOTS)
                .build());
        cluster.start();
        return new DropInCluster(options, pool, cluster);
    }

    /** Runs a job that knows nothing of this project, with drop-in mode or without it. */
    JobExecutionResult run(boolean dropIn, Configuration configuration, Consumer<StreamExecutionEnvironment> job)
            throws Exception {
        return submit(dropIn, configuration, job).getJobExecutionResult().get();
    }

    /** Starts such a job. */
    JobClient submit(boolean dropIn, Configuration configuration, Consumer<StreamExecutionEnvironment> job)
            throws Exception {
        DropIn.disable();
        Configuration all = new Configuration(configuration);
        if (dropIn) {
            Configuration wrappers = new Configuration();
            wrappers.set(DropInOptions.WRAPPERS, List.of(Wave.class.getName() + "#samples"));
            DropIn.enable(wrappers);
            all.set(DeploymentOptions.JOB_LISTENERS, List.of(DropInListener.class.getName()));
        }
        URI rest = cluster.getRestAddress().get();
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createRemoteEnvironment(rest.getHost(), rest.getPort(), all);
        env.setParallelism(2);
        job.accept(env);
        return env.executeAsync();
    }

    SharedMemoryPool pool() {
        return pool;
    }

    /** Fails if a job has left something in the pool. */
    void awaitEmptyPool() {
        long deadline = System.nanoTime() + DEADLINE_NANOS;
        while ((pool.statistics().segments() > 0 || pool.statistics().epochs() > 0)
                && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(pool.statistics().segments()).as("segments left").isZero();
        assertThat(pool.statistics().epochs()).as("epochs left").isZero();
    }

    @Override
    public void close() throws Exception {
        DropIn.disable();
        cluster.close();
        pool.close();
        ProcessPools.closeAll();
        assertThat(SharedMemoryPool.remove(options)).isTrue();
    }
}
