package io.arrowshm.map.internal.local;

import io.arrowshm.map.internal.client.Backing;
import io.arrowshm.map.internal.run.Later;
import io.arrowshm.map.internal.wire.ContextDirectory;
import io.arrowshm.map.internal.worker.WorkerJob;
import io.arrowshm.map.internal.worker.WorkerOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Workers that are subtasks of a job on a cluster that runs already, on this machine. They outlive the client, for others who
 * attach, until nobody has used them for some time. Any thread.
 */
public final class ClusterWorkers implements Backing {
    private static final long ASK_AGAIN_NANOS = 1_000_000_000;

    private final JobClient job;
    private final ContextDirectory.Owned directory;
    private @Nullable String whyGone;
    private long askedAtNanos;

    private ClusterWorkers(JobClient job, ContextDirectory.Owned directory) {
        this.job = job;
        this.directory = directory;
    }

    /**
     * Submits the job of the workers, which come some seconds later.
     *
     * @param directory of the context; ends with the workers, or if this fails
     * @param cluster its REST server
     * @param jars with what kernels need, and with this module unless the cluster has it
     * @throws IllegalStateException if the job cannot be submitted
     */
    public static ClusterWorkers submit(
            WorkerOptions options, ContextDirectory.Owned directory, URI cluster, List<Path> jars) {
        try {
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.createRemoteEnvironment(
                    cluster.getHost(),
                    cluster.getPort(),
                    WorkerJob.configuration(),
                    jars.stream().map(Path::toString).toArray(String[]::new));
            return new ClusterWorkers(WorkerJob.submit(environment, options), directory);
        } catch (Exception e) {
            directory.close();
            throw new IllegalStateException("the job of the workers cannot be submitted to " + cluster + ": " + e, e);
        }
    }

    @Override
    public boolean mayKill() {
        return false;
    }

    @Override
    public boolean endsWorkers() {
        return true;
    }

    /** Asks the cluster now and then, and says what it has answered before. */
    @Override
    public synchronized @Nullable String whyGone() {
        long now = System.nanoTime();
        if (whyGone == null && now - askedAtNanos > ASK_AGAIN_NANOS) {
            askedAtNanos = now;
            // No answer is none: the JobManager may be on its way back, and workers do not need it to work.
            Later.when(job.getJobStatus(), (status, failure) -> answered(status));
        }
        return whyGone;
    }

    private synchronized void answered(@Nullable JobStatus status) {
        if (status != null && status.isGloballyTerminalState()) {
            whyGone = "the job " + job.getJobID() + " is " + status;
        }
    }

    @Override
    public String diagnosis() {
        return "they have to be on this machine, run as this user, and have " + WorkerJob.NEEDS + "; see the job "
                + job.getJobID() + " in the cluster's web page";
    }

    @Override
    public void close() {
        directory.release();
    }
}
