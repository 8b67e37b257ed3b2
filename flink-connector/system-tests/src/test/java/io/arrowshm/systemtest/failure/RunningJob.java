package io.arrowshm.systemtest.failure;

import io.arrowshm.cluster.Await;
import io.arrowshm.cluster.ClusterRest;
import io.arrowshm.cluster.LocalCluster;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;

/** A job that was submitted to a cluster, and what the cluster's REST server says of it. One thread. */
final class RunningJob {
    private final LocalCluster cluster;
    private final JobClient client;

    RunningJob(LocalCluster cluster, JobClient client) {
        this.cluster = cluster;
        this.client = client;
    }

    JobExecutionResult result() throws Exception {
        return client.getJobExecutionResult().get(PoolWatch.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    /** Flink's JobStatus. */
    String state() {
        return now().state();
    }

    /** The attempts of the subtasks of all operators with such a name, 0 for those that were never restarted. */
    List<Integer> attempts(String operatorNamePart) {
        return now().vertices().stream()
                .filter(vertex -> vertex.name().contains(operatorNamePart))
                .flatMap(vertex -> cluster.rest().subtasks(client.getJobID(), vertex).stream())
                .map(ClusterRest.Subtask::attempt)
                .toList();
    }

    /** How often the job went on from a checkpoint, as far as its JobManager knows. */
    int restoredCheckpoints() {
        return checkpoints("restored");
    }

    /** Waits until the JobManager knows the job, perhaps from one before, and all its tasks run. */
    void awaitRunning() {
        await("all tasks run", () -> isKnown() && now().allRunning());
    }

    /** Waits until every task was restarted and runs. */
    void awaitRestarted() {
        await(
                "all tasks run in a later attempt",
                () -> now().allRunning() && attempts("").stream().allMatch(attempt -> attempt > 0));
    }

    /** Waits until all tasks run, those of an operator with such a name with this parallelism. */
    void awaitParallelism(String operatorNamePart, int parallelism) {
        await("all tasks run, parallelism of " + operatorNamePart + ": " + parallelism, () -> {
            ClusterRest.Job now = now();
            return now.allRunning() && now.vertex(operatorNamePart).parallelism() == parallelism;
        });
    }

    /** Waits until so many checkpoints were completed since the job was submitted or recovered. */
    void awaitCheckpoints(int completed) {
        await("checkpoints: " + completed, () -> checkpoints("completed") >= completed);
    }

    /** Cancels the job unless it has ended, and waits until all its tasks have ended. */
    void cancel() throws Exception {
        if (!hasEnded()) {
            client.cancel().get(PoolWatch.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            await("the job has ended", this::hasEnded);
        }
    }

    /** Stops the job, waits until all its tasks have ended, and returns where the savepoint is. */
    String stopWithSavepoint(Path directory) throws Exception {
        String savepoint = client.stopWithSavepoint(false, directory.toUri().toString(), SavepointFormatType.CANONICAL)
                .get(PoolWatch.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        await("the job is finished", () -> state().equals("FINISHED"));
        return savepoint;
    }

    private void await(String what, BooleanSupplier condition) {
        Await.until(what, PoolWatch.TIMEOUT, condition, cluster::logTails);
    }

    private boolean hasEnded() {
        return JobStatus.valueOf(state()).isGloballyTerminalState();
    }

    private boolean isKnown() {
        return cluster.rest()
                .get("/jobs")
                .path("jobs")
                .findValuesAsText("id")
                .contains(client.getJobID().toString());
    }

    private ClusterRest.Job now() {
        return cluster.rest().job(client.getJobID());
    }

    private int checkpoints(String counted) {
        return cluster.rest()
                .get("/jobs/" + client.getJobID() + "/checkpoints")
                .path("counts")
                .path(counted)
                .asInt();
    }
}
