package io.arrowshm.jobs.images.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.cluster.ClusterRest;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.jobs.images.classifier.ClassSums;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs one job after the other on a cluster and waits for each. For one thread. */
public final class JobRunner {
    /**
     * One kill of a TaskManager costs several (5 were seen): until heartbeats tell the JobManager that it is gone, the
     * job is deployed to it again and again.
     */
    private static final int RESTARTS = 100;

    private static final Duration RESTART_DELAY = Duration.ofMillis(200);
    private static final long POLL_MS = 250;

    private final Function<Configuration, StreamExecutionEnvironment> environments;
    private final ClusterRest rest;

    public JobRunner(LocalCluster cluster) {
        this(cluster::environment, cluster.rest());
    }

    /**
     * @param environments of a cluster, given a job's options
     * @param rest reads from the cluster's REST server
     */
    JobRunner(Function<Configuration, StreamExecutionEnvironment> environments, ClusterRest rest) {
        this.environments = environments;
        this.rest = rest;
    }

    /**
     * Runs a job to its end.
     *
     * @param graph adds the job's operators
     * @param processed is told now and then how many records the workers have read
     * @throws FailedException if the job ends in any other way than finished
     */
    Outcome run(String name, Consumer<StreamExecutionEnvironment> graph, LongConsumer processed) {
        StreamExecutionEnvironment env = environments.apply(configuration());
        graph.accept(env);
        try {
            JobClient job = env.executeAsync(name);
            long milliseconds = awaitEnd(job, processed);
            JobExecutionResult result = job.getJobExecutionResult().get();
            return new Outcome(result.getAllAccumulatorResults(), milliseconds);
        } catch (ExecutionException e) {
            throw new FailedException("job failed: " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailedException("interrupted while waiting for job " + name, e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new FailedException("job was not accepted: " + name, e);
        }
    }

    private static Configuration configuration() {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, RESTARTS);
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, RESTART_DELAY);
        return configuration;
    }

    private long awaitEnd(JobClient job, LongConsumer processed) throws InterruptedException {
        long running = Long.MAX_VALUE;
        while (true) {
            JsonNode details = rest.get("/jobs/" + job.getJobID());
            JsonNode timestamps = details.path("timestamps");
            long latestRunning = timestamps.path(JobStatus.RUNNING.name()).asLong();
            if (latestRunning > 0) {
                // A restart overwrites the time stamp: the job has run since the earliest one.
                running = Math.min(running, latestRunning);
            }
            JobStatus status = JobStatus.valueOf(details.path("state").asText());
            if (status.isGloballyTerminalState()) {
                return Math.max(0, timestamps.path(status.name()).asLong() - running);
            }
            processed.accept(readByWorkers(details));
            Thread.sleep(POLL_MS);
        }
    }

    private static long readByWorkers(JsonNode details) {
        long read = 0;
        for (JsonNode vertex : details.path("vertices")) {
            if (vertex.path("name").asText().contains(Exchange.WORKERS)) {
                read += vertex.path("metrics").path("read-records").asLong();
            }
        }
        return read;
    }

    /**
     * What a finished Flink job leaves.
     *
     * @param accumulators results by name; Flink merges those of each subtask's final attempt
     * @param milliseconds from when the job first ran until it had finished
     */
    record Outcome(Map<String, Object> accumulators, long milliseconds) {
        /** The value of a counter, 0 if no task has added it. */
        long count(String name) {
            return accumulators.get(name) instanceof Long value ? value : 0;
        }

        /** @throws IllegalStateException if the job had no such accumulator */
        ClassSums classSums() {
            if (accumulators.get(Counters.CLASS_SUMS) instanceof ClassSums sums) {
                return sums;
            }
            throw new IllegalStateException("no class sums: accumulators=" + accumulators.keySet());
        }
    }

    /** A Flink job that did not finish; the cause is what its tasks threw. */
    static final class FailedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        FailedException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
