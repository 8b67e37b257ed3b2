package io.arrowshm.systemtest.exchange;

import static io.arrowshm.cluster.TestClusters.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.ClusterRest;
import io.arrowshm.cluster.Gate;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.NetworkBytes;
import io.arrowshm.cluster.Placement;
import io.arrowshm.cluster.TestClusters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TaskManager 0 is the source's place; TaskManagers 1 and 2 are the workers'. */
class JobsOnLocalClusterIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Placement SOURCE = new Placement("source");
    private static final Placement WORKERS = new Placement("workers");
    private static final int WORKERS_IN_JOB = 3;
    /** Far more than fits into the buffers between source and workers: the source cannot finish behind a closed gate. */
    private static final long RECORDS = 1_000_000;

    /**
     * One kill can cost several: the broken connection fails the job before heartbeats tell the JobManager that the
     * TaskManager is gone, and until then it deploys to the dead one again.
     */
    private static final int MANY_RESTARTS = 100;

    private static LocalCluster cluster;

    @BeforeAll
    static void startCluster() {
        cluster = LocalCluster.start(TestClusters.of(JobsOnLocalClusterIT.class)
                .taskManager(TestClusters.TASK_MANAGER.withSlots(3).withPlacement(SOURCE))
                .taskManagers(2, TestClusters.TASK_MANAGER.withSlots(3).withPlacement(WORKERS))
                .configuration("metrics.fetcher.update-interval", "1000")
                .build());
        cluster.awaitTaskManagers(TIMEOUT);
    }

    @AfterAll
    static void closeCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void groupsRunInTheirPlacesAndAgainAfterEachTaskManagerIsKilledAndReplaced(@TempDir Path temporary)
            throws Exception {
        Gate gate = Gate.in(temporary);
        JobClient job = submitPlacedSum(gate, MANY_RESTARTS);
        assertPlaces(job.getJobID());
        for (int killed : List.of(0, 1)) {
            long since = System.nanoTime();
            cluster.killTaskManager(killed);
            cluster.startTaskManager(killed);
            cluster.awaitTaskManagers(TIMEOUT);
            awaitRunningOnLivingTaskManagers(job.getJobID());
            report("killed TaskManager " + killed + " to job running again", since);
            assertPlaces(job.getJobID());
        }
        gate.open();
        assertThat(sum(job)).isEqualTo(RECORDS * (RECORDS + 1) / 2);
    }

    @Test
    void groupsRunInTheirPlacesEveryTime(@TempDir Path temporary) throws Exception {
        for (int round = 0; round < 3; round++) {
            Gate gate = new Gate(temporary.resolve("gate-" + round).toString());
            JobClient job = submitPlacedSum(gate, 0);
            assertPlaces(job.getJobID());
            gate.open();
            assertThat(sum(job)).isEqualTo(RECORDS * (RECORDS + 1) / 2);
        }
    }

    @Test
    void networkBytesAreThoseThatCrossedBetweenTaskManagers() throws Exception {
        int records = 200;
        int recordBytes = 10_000;
        StreamExecutionEnvironment environment = cluster.environment();
        environment
                .fromSequence(1, records)
                .setParallelism(1)
                .slotSharingGroup(SOURCE.group())
                .map(value -> new byte[recordBytes])
                .returns(byte[].class)
                .setParallelism(1)
                .rebalance()
                .map(new CountReceived())
                .setParallelism(2)
                .slotSharingGroup(WORKERS.group())
                .sinkTo(new DiscardingSink<>())
                .setParallelism(2);
        long received = environment
                .executeAsync()
                .getJobExecutionResult()
                .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .<Long>getAccumulatorResult(CountReceived.RECEIVED);
        // Length of the record, tag of the stream element, its timestamp, length of the array.
        long headers = 4 + 1 + 8 + 4;
        long events = 100;
        assertThat(received).isBetween(records * (recordBytes + headers), records * (recordBytes + headers) + events);
    }

    /** Keeps what its task has received, as it closes. */
    private static final class CountReceived extends RichMapFunction<byte[], Integer> {
        static final String RECEIVED = "received";
        private static final long serialVersionUID = 1L;

        private final LongCounter received = new LongCounter();

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator(RECEIVED, received);
        }

        @Override
        public Integer map(byte[] value) {
            return value.length;
        }

        @Override
        public void close() {
            received.add(NetworkBytes.receivedRemotely(
                    getRuntimeContext().getMetricGroup().getAllVariables().get(NetworkBytes.TASK_ATTEMPT_ID)));
        }
    }

    @Test
    void sourceBehindAClosedGateIsReportedAsBackPressured(@TempDir Path temporary) throws Exception {
        Gate gate = Gate.in(temporary);
        JobID job = submitPlacedSum(gate, 0).getJobID();
        ClusterRest rest = cluster.rest();
        ClusterRest.Vertex source = rest.job(job).vertex("Sequence");
        Await.until(
                "the source is back-pressured and its metrics say how far it got",
                TIMEOUT,
                () -> rest.backPressure(job, source).stream().anyMatch(s -> s.backPressuredRatio() > 0.9)
                        && Long.parseLong(rest.vertexMetrics(job, source, List.of("0.numRecordsOut"))
                                        .getOrDefault("0.numRecordsOut", "0"))
                                > 0,
                () -> rest.backPressure(job, source) + " "
                        + rest.vertexMetrics(job, source, List.of("0.numRecordsOut")));
        assertThat(rest.job(job).vertex("Sequence").writtenRecords()).isBetween(1L, RECORDS - 1);
        gate.open();
        awaitFinished(job);
    }

    @Test
    void killedTaskManagerIsReplacedAndTheJobFinishes(@TempDir Path temporary) throws Exception {
        Gate gate = Gate.in(temporary);
        JobClient job = submitPlacedSum(gate, MANY_RESTARTS);
        long killedPid = cluster.taskManagerPid(0);
        cluster.killTaskManager(0);
        assertThat(ProcessHandle.of(killedPid).map(ProcessHandle::isAlive).orElse(false))
                .isFalse();
        cluster.startTaskManager(0);
        gate.open();
        assertThat(sum(job)).isEqualTo(RECORDS * (RECORDS + 1) / 2);
        assertThat(cluster.livingProcesses()).isEqualTo(4);
        ClusterRest.Job finished = awaitFinished(job.getJobID());
        assertThat(cluster.rest().subtasks(job.getJobID(), finished.vertex("Sequence")))
                .extracting(ClusterRest.Subtask::attempt)
                .allMatch(attempt -> attempt >= 1);
    }

    private static JobClient submitPlacedSum(Gate gate, int restarts) throws Exception {
        StreamExecutionEnvironment environment = cluster.environment();
        environment.configure(Configuration.fromMap(Map.of(
                "restart-strategy.type", "fixed-delay",
                "restart-strategy.fixed-delay.attempts", Integer.toString(restarts),
                "restart-strategy.fixed-delay.delay", "200 ms")));
        environment
                .fromSequence(1, RECORDS)
                .setParallelism(1)
                .slotSharingGroup(SOURCE.group())
                .rebalance()
                .map(new GatedSum(gate))
                .name("worker")
                .setParallelism(WORKERS_IN_JOB)
                .slotSharingGroup(WORKERS.group())
                .sinkTo(new DiscardingSink<>())
                .setParallelism(WORKERS_IN_JOB);
        JobClient job = environment.executeAsync();
        awaitRunningOnLivingTaskManagers(job.getJobID());
        return job;
    }

    private static long sum(JobClient job) throws Exception {
        return job.getJobExecutionResult()
                .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .<Long>getAccumulatorResult(GatedSum.SUM);
    }

    /** The REST server shows a job as it was some tenths of a second ago, also to who has its result. */
    private static ClusterRest.Job awaitFinished(JobID job) {
        Await.until(
                "the job finishes",
                TIMEOUT,
                () -> cluster.rest().job(job).state().equals("FINISHED"),
                () -> cluster.rest().job(job).toString());
        return cluster.rest().job(job);
    }

    private static List<String> living() {
        return List.of(cluster.taskManagerId(0), cluster.taskManagerId(1), cluster.taskManagerId(2));
    }

    /** The JobManager still says RUNNING of what ran in a process just killed: ask where, too. */
    private static void awaitRunningOnLivingTaskManagers(JobID job) {
        Await.until(
                "every task of the job runs in one of " + living(),
                TIMEOUT,
                () -> cluster.rest().job(job).allRunning() && living().containsAll(taskManagersOf(job)),
                () -> cluster.rest().job(job) + "\n" + taskManagersOf(job) + "\n" + cluster.logTails());
    }

    private static List<String> taskManagersOf(JobID job) {
        List<String> taskManagers = new ArrayList<>();
        for (ClusterRest.Vertex vertex : cluster.rest().job(job).vertices()) {
            cluster.rest().subtasks(job, vertex).forEach(subtask -> taskManagers.add(subtask.taskManagerId()));
        }
        return taskManagers;
    }

    private static void assertPlaces(JobID id) {
        ClusterRest.Job job = cluster.rest().job(id);
        assertThat(cluster.rest().subtasks(id, job.vertex("Sequence")))
                .extracting(ClusterRest.Subtask::taskManagerId)
                .containsExactly(cluster.taskManagerId(0));
        assertThat(cluster.rest().subtasks(id, job.vertex("worker")))
                .hasSize(WORKERS_IN_JOB)
                .extracting(ClusterRest.Subtask::taskManagerId)
                .isSubsetOf(cluster.taskManagerId(1), cluster.taskManagerId(2));
    }
}
