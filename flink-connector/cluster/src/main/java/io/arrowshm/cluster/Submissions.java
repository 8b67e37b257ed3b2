package io.arrowshm.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * The jobs that this JVM has submitted to one cluster. Flink's client writes a job's plan to a temporary file and deletes
 * it when the cluster has answered; a JVM that is stopped meanwhile would leave it. Any thread.
 */
final class Submissions {
    private final Set<JobID> jobs = new HashSet<>();
    private boolean closed;

    /** An environment whose jobs are noted here. */
    StreamExecutionEnvironment environment(Configuration client) {
        return new StreamExecutionEnvironment(client) {
            @Override
            public JobClient executeAsync(StreamGraph graph) throws Exception {
                note(graph);
                return super.executeAsync(graph);
            }
        };
    }

    private synchronized void note(StreamGraph graph) {
        if (closed) {
            throw new IllegalStateException("the cluster is closed");
        }
        JobID job = new JobID();
        graph.setJobId(job);
        jobs.add(job);
    }

    /** From now on, submitting throws IllegalStateException. */
    synchronized void close() {
        closed = true;
    }

    /** The plans of all jobs that are still there. */
    synchronized List<Path> plans() {
        List<Path> found = new ArrayList<>();
        for (JobID job : jobs) {
            try (DirectoryStream<Path> ofJob = Files.newDirectoryStream(
                    Path.of(System.getProperty("java.io.tmpdir")), "flink-executionPlan-" + job + "*.bin")) {
                ofJob.forEach(found::add);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot look for the plan of job " + job, e);
            }
        }
        return found;
    }

    /** Deletes what is left of the plans; for when this is closed and the cluster has ended, so that nobody reads them. */
    void deletePlans() {
        for (Path plan : plans()) {
            try {
                Files.deleteIfExists(plan);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot delete " + plan, e);
            }
        }
    }
}
