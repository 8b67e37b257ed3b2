package io.arrowshm.jobs.images;

import io.arrowshm.cluster.CloseOnExit;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.LocalClusterOptions;
import io.arrowshm.jobs.images.job.Exchange;
import io.arrowshm.jobs.images.job.ImagesPlan;
import io.arrowshm.jobs.images.job.ImagesResult;
import io.arrowshm.jobs.images.job.ImagesRun;
import io.arrowshm.jobs.images.job.JobRunner;
import io.arrowshm.jobs.images.job.Places;
import io.arrowshm.jobs.session.RunDirectory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges and the cluster of one call of the command, which end together: with {@link #close}, or when this JVM
 * is asked to stop. Starting and stopping exclude each other, so that whoever stops finds all or nothing.
 */
final class ImagesSession implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

    private final RunDirectory directory = new RunDirectory("images");
    private final List<Exchange> exchanges = new ArrayList<>();
    private final CloseOnExit session = new CloseOnExit("images-shutdown", this::stop);
    private @Nullable LocalCluster cluster;
    private Leftovers leftovers = new Leftovers(0, 0);
    private boolean keepLogs;
    private boolean closed;

    /** Nothing runs yet; the shutdown hook is set. */
    ImagesSession(boolean keepLogs) {
        this.keepLogs = keepLogs;
        session.begin();
    }

    /**
     * Opens an exchange, which is closed with this.
     *
     * @throws io.arrowshm.console.UserErrorException if it cannot be had
     */
    synchronized Exchange open(Exchange.Kind kind, Exchange.Options options) {
        requireOpen();
        Exchange exchange = Exchange.open(kind, options);
        exchanges.add(exchange);
        return exchange;
    }

    /** Starts the cluster and returns when all its slots are there. */
    synchronized void startCluster(int taskManagers, int parallelism) {
        requireOpen();
        LocalClusterOptions.Builder options = LocalClusterOptions.builder()
                .workDirectory(directory.cluster())
                .keepLogs(true)
                .startTimeout(START_TIMEOUT)
                // The job's end and progress are read from the REST server, whose answers are else seconds old.
                .configuration("web.refresh-interval", "250")
                .configuration("metrics.fetcher.update-interval", "2000");
        exchanges.forEach(exchange -> exchange.clusterConfiguration().forEach(options::configuration));
        Places.taskManagers(taskManagers, parallelism).forEach(options::taskManager);
        LocalCluster started = LocalCluster.start(options.build());
        cluster = started;
        started.awaitTaskManagers(START_TIMEOUT);
    }

    /** Flink's web UI. */
    synchronized URI webUi() {
        return requireCluster().webUi();
    }

    /** Runs both jobs over an exchange. */
    ImagesResult run(Exchange exchange, ImagesPlan plan, LongConsumer progress) {
        JobRunner jobs;
        synchronized (this) {
            jobs = new JobRunner(requireCluster());
        }
        return new ImagesRun(jobs, exchange, plan).execute(progress);
    }

    /** Has the logs outlive this, and says where they are. */
    synchronized Path keepLogs() {
        keepLogs = true;
        return directory.path();
    }

    /** What was left when all had stopped; to be asked after {@link #close}. */
    synchronized Leftovers leftovers() {
        return leftovers;
    }

    /** Stops the cluster, then closes the exchanges. Further calls do nothing. */
    @Override
    public void close() {
        session.close();
    }

    private synchronized void stop() {
        closed = true;
        if (cluster != null) {
            cluster.close();
        }
        long segments = 0;
        for (Exchange exchange : exchanges) {
            segments += exchange.segmentsLeft();
            exchange.close();
        }
        leftovers = new Leftovers(
                segments,
                ProcessHandle.current()
                        .descendants()
                        .filter(ProcessHandle::isAlive)
                        .count());
        if (!keepLogs) {
            directory.delete();
        }
    }

    private LocalCluster requireCluster() {
        requireOpen();
        if (cluster == null) {
            throw new IllegalStateException("the cluster has not been started");
        }
        return cluster;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("stopped");
        }
    }

    /**
     * What was there after everything had stopped; all zero if all went well.
     *
     * @param segments segments still held or in flight
     * @param processes processes of the cluster still alive
     */
    record Leftovers(long segments, long processes) {}
}
