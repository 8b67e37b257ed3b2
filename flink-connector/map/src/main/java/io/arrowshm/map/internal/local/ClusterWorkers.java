package io.arrowshm.map.internal.local;

import io.arrowshm.map.internal.client.Backing;
import io.arrowshm.map.internal.wire.ContextDirectory;
import io.arrowshm.map.internal.worker.WorkerJob;
import io.arrowshm.map.internal.worker.WorkerOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
    private static final long PATIENCE_SECONDS = 5;

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

    /** Asks the cluster now and then. */
    @Override
    public synchronized @Nullable String whyGone() {
        long now = System.nanoTime();
        if (whyGone == null && now - askedAtNanos > ASK_AGAIN_NANOS) {
            askedAtNanos = now;
            whyGone = ask();
        }
        return whyGone;
    }

    private @Nullable String ask() {
        try {
            JobStatus status = job.getJobStatus().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return status.isGloballyTerminalState() ? "the job " + job.getJobID() + " is " + status : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException | TimeoutException e) {
            // The JobManager may be on its way back; workers do not need it to work.
            return null;
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
