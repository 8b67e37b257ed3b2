package io.arrowshm.benchmark.flink.recovery;

import io.arrowshm.benchmark.flink.cluster.PooledCluster;
import io.arrowshm.benchmark.flink.cluster.TwoTaskManagers;
import io.arrowshm.benchmark.flink.job.BenchmarkException;
import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.ClusterRest;
import io.arrowshm.cluster.LocalCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * A job that runs until it is cancelled, with a checkpoint twice a second, and restarts as often as it must; and what the
 * cluster's REST server says of it. One thread.
 */
final class RecoveryJob {
    private final LocalCluster cluster;
    private final JobClient client;

    private RecoveryJob(LocalCluster cluster, JobClient client) {
        this.cluster = cluster;
        this.client = client;
    }

    /** @throws BenchmarkException if the cluster does not take it */
    static RecoveryJob submit(PooledCluster cluster, Traffic traffic) {
        StreamExecutionEnvironment env = cluster.cluster().environment();
        env.configure(Configuration.fromMap(Map.of(
                "execution.checkpointing.interval",
                "500 ms",
                "restart-strategy.type",
                "fixed-delay",
                "restart-strategy.fixed-delay.delay",
                "200 ms",
                // One kill costs many: the job is deployed to the dead one until its heartbeats are missed.
                "restart-strategy.fixed-delay.attempts",
                Integer.toString(Integer.MAX_VALUE))));
        env.setParallelism(1);
        traffic.addTo(env.fromSequence(0, Long.MAX_VALUE - 1).slotSharingGroup(Role.SENDER.group()), cluster.pool())
                .slotSharingGroup(Role.RECEIVER.group())
                .sinkTo(new DiscardingSink<>())
                .slotSharingGroup(Role.RECEIVER.group());
        try {
            return new RecoveryJob(cluster.cluster(), env.executeAsync(traffic.text()));
        } catch (Exception e) {
            throw new BenchmarkException("the job " + traffic.text() + " was not accepted", e);
        }
    }

    /** Waits until all tasks run and a checkpoint was completed since this call. */
    void awaitCheckpoint() {
        Await.until("all tasks run", TwoTaskManagers.TIMEOUT, this::isRunning, cluster::logTails);
        int before = checkpoints();
        Await.until(
                "the job completes a checkpoint",
                TwoTaskManagers.TIMEOUT,
                () -> checkpoints() > before,
                cluster::logTails);
    }

    boolean isRunning() {
        return now().allRunning();
    }

    /** The attempts of all its tasks. */
    List<Integer> attempts() {
        List<Integer> attempts = new ArrayList<>();
        for (ClusterRest.Vertex vertex : now().vertices()) {
            cluster.rest().subtasks(client.getJobID(), vertex).forEach(subtask -> attempts.add(subtask.attempt()));
        }
        return attempts;
    }

    /** Cancels it, and waits until all its tasks have ended. */
    void cancel() throws InterruptedException {
        try {
            client.cancel().get(TwoTaskManagers.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new BenchmarkException("the job was not cancelled", e);
        }
        Await.until(
                "the job has ended",
                TwoTaskManagers.TIMEOUT,
                () -> JobStatus.valueOf(now().state()).isGloballyTerminalState(),
                cluster::logTails);
    }

    private int checkpoints() {
        return cluster.rest()
                .get("/jobs/" + client.getJobID() + "/checkpoints")
                .path("counts")
                .path("completed")
                .asInt();
    }

    private ClusterRest.Job now() {
        return cluster.rest().job(client.getJobID());
    }
}
