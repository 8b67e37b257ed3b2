package io.arrowshm.systemtest.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolOptions;
import io.arrowshm.PoolStatistics;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.Gate;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.Placement;
import io.arrowshm.cluster.TestClusters;
import io.arrowshm.flink.dropin.DropIn;
import io.arrowshm.flink.dropin.DropInListener;
import io.arrowshm.flink.dropin.DropInOptions;
import io.arrowshm.systemtest.KeptPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An unchanged job over two TaskManager processes: 0 is the source's place, 1 the workers'. */
class DropInOnLocalClusterIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Placement SOURCE = new Placement("source");
    private static final Placement WORKERS = new Placement("workers");
    private static final int TASK_MANAGERS = 2;
    private static final int MANY_RESTARTS = 100;
    private static final int RECORDS = 2_000;
    private static final int LENGTH = 32_768;
    private static final long EXPECTED = (long) RECORDS * (RECORDS - 1);
    private static final PoolOptions POOL =
            PoolOptions.named("drop-in-it-" + ProcessHandle.current().pid()).withSizeBytes(256 << 20);

    @RegisterExtension
    static final KeptPool KEPT_POOL = new KeptPool(POOL);

    private static SharedMemoryPool pool;
    private static LocalCluster cluster;

    @BeforeAll
    static void startCluster() {
        pool = SharedMemoryPool.open(POOL);
        cluster = LocalCluster.start(TestClusters.of(DropInOnLocalClusterIT.class)
                .taskManager(TestClusters.TASK_MANAGER.withPlacement(SOURCE))
                .taskManager(TestClusters.TASK_MANAGER.withSlots(2).withPlacement(WORKERS))
                .configuration(DropInOptions.POOL.key(), POOL.name())
                .build());
        cluster.awaitTaskManagers(TIMEOUT);
    }

    @AfterAll
    static void closeCluster() {
        if (cluster != null) {
            cluster.close();
        }
        pool.close();
        assertThat(SharedMemoryPool.remove(POOL)).isTrue();
    }

    @AfterEach
    void disable() {
        DropIn.disable();
    }

    @Test
    void arraysCrossProcessesByReferenceAndTheResultIsThatOfFlinksExchange(@TempDir Path temporary) throws Exception {
        Gate gate = Gate.in(temporary);
        gate.open();
        assertThat(result(submit(gate, false)).<Long>getAccumulatorResult(GatedArraySum.SUM))
                .isEqualTo(EXPECTED);
        JobExecutionResult byReference = result(submit(gate, true));
        assertThat(byReference.<Long>getAccumulatorResult(GatedArraySum.SUM)).isEqualTo(EXPECTED);
        assertThat(byReference.<Long>getAccumulatorResult("arrow-shm.references"))
                .isGreaterThan(RECORDS / 2);
        awaitNothingLeft();
    }

    @ParameterizedTest(name = "TaskManager {0}")
    @ValueSource(ints = {0, 1})
    void aTaskManagerKilledWhileReferencesAreInFlightLeavesTheResultRightAndNothingInThePool(
            int killed, @TempDir Path temporary) throws Exception {
        Gate gate = Gate.in(temporary);
        JobClient job = submit(gate, true);
        Await.until(
                "references are in flight",
                TIMEOUT,
                () -> pool.statistics().segmentsInFlight() > 0,
                () -> pool.statistics() + "\n" + cluster.logTails());
        cluster.killTaskManager(killed);
        cluster.startTaskManager(killed);
        cluster.awaitTaskManagers(TIMEOUT);
        gate.open();
        assertThat(result(job).<Long>getAccumulatorResult(GatedArraySum.SUM)).isEqualTo(EXPECTED);
        awaitNothingLeft();
    }

    private static JobClient submit(Gate gate, boolean dropIn) throws Exception {
        DropIn.disable();
        Configuration configuration = Configuration.fromMap(Map.of(
                "pipeline.object-reuse", "true",
                "restart-strategy.type", "fixed-delay",
                "restart-strategy.fixed-delay.attempts", Integer.toString(MANY_RESTARTS),
                "restart-strategy.fixed-delay.delay", "200 ms"));
        if (dropIn) {
            configuration.set(DeploymentOptions.JOB_LISTENERS, List.of(DropInListener.class.getName()));
        }
        StreamExecutionEnvironment env = cluster.environment(configuration);
        env.fromSequence(0, RECORDS - 1)
                .setParallelism(1)
                .slotSharingGroup(SOURCE.group())
                .map(DropInOnLocalClusterIT::array)
                .returns(double[].class)
                .setParallelism(1)
                .rebalance()
                .map(new GatedArraySum(gate))
                .setParallelism(2)
                .slotSharingGroup(WORKERS.group())
                .sinkTo(new DiscardingSink<>())
                .setParallelism(2);
        return env.executeAsync();
    }

    private static double[] array(long number) {
        double[] array = new double[LENGTH];
        array[0] = number;
        array[LENGTH - 1] = number;
        return array;
    }

    private static JobExecutionResult result(JobClient job) throws Exception {
        return job.getJobExecutionResult().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    private static void awaitNothingLeft() {
        Await.until(
                "no segment and no epoch is left in the pool",
                TIMEOUT,
                () -> {
                    PoolStatistics now = pool.statistics();
                    return now.segments() == 0 && now.segmentsInFlight() == 0 && now.epochs() == 0;
                },
                () -> pool.statistics().toString());
        // This process and the TaskManagers that live: whoever was killed is none any more.
        assertThat(pool.statistics().participants()).isEqualTo(1 + TASK_MANAGERS);
    }
}
