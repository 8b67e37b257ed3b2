package io.arrowshm.flink.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.flink.TestPool;
import io.arrowshm.flink.stream.ProcessPools;
import java.net.URI;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster of two TaskManagers in this process that are configured for drop-in mode, and its pool, for all tests of a
 * class; each of them must leave the pool empty. One thread.
 */
final class DropInCluster implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private static final int SLOTS = 4;
    private static final long POOL_BYTES = 64 << 20;

    private final PoolOptions options;
    private SharedMemoryPool pool;
    private MiniCluster cluster;

    DropInCluster() {
        this(POOL_BYTES);
    }

    DropInCluster(long poolBytes) {
        options = PoolOptions.named("drop-in-test-" + ProcessHandle.current().pid())
                .withSizeBytes(poolBytes)
                .withSlots(4096);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        pool = SharedMemoryPool.open(options);
        Configuration configuration = new Configuration();
        configuration.setString("rest.port", "0");
        configuration.setString("rest.bind-address", "127.0.0.1");
        configuration.set(DropInOptions.POOL, options.name());
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(2)
                .setNumSlotsPerTaskManager(SLOTS)
                .build());
        cluster.start();
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

    @Override
    public void afterEach(ExtensionContext context) {
        TestPool.await(
                () -> pool.statistics().segments() == 0 && pool.statistics().epochs() == 0,
                "the job to leave no segment and no epoch");
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        DropIn.disable();
        cluster.close();
        pool.close();
        ProcessPools.closeAll();
        assertThat(SharedMemoryPool.remove(options)).isTrue();
    }
}
