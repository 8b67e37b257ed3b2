package io.arrowshm.jobs;

import io.arrowshm.cluster.CloseOnExit;
import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.cluster.LocalClusterOptions;
import io.arrowshm.cluster.TaskManagerSpec;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.flink.dropin.DropInOptions;
import io.arrowshm.jobs.session.OwnPool;
import io.arrowshm.jobs.session.RunDirectory;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The pool and the cluster of one example, which end together: with {@link #close}, or when this JVM is asked to stop.
 * Starting and stopping exclude each other, so that whoever stops finds all or nothing.
 */
final class ExampleSession implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);

    private final CloseOnExit session = new CloseOnExit("example-shutdown", this::stop);
    private final Example example;
    private final RunDirectory directory;
    private final boolean keepPool;
    private boolean keepLogs;
    private boolean closed;
    private @Nullable OwnPool pool;
    private @Nullable LocalCluster cluster;

    /**
     * Nothing runs yet; the shutdown hook is set.
     *
     * @param keep whether the pool and the logs outlive this
     */
    ExampleSession(Example example, boolean keep) {
        this.example = example;
        keepPool = keep;
        keepLogs = keep;
        directory = new RunDirectory(example.name());
        session.begin();
    }

    /**
     * Makes the pool, starts the cluster, and returns when all slots are there.
     *
     * @return the cluster, which this closes
     * @throws UserErrorException if the pool cannot be had
     */
    synchronized LocalCluster start() {
        if (closed) {
            throw new IllegalStateException("stopped");
        }
        OwnPool own = OwnPool.open(example.name(), null, keepPool, trial -> {});
        pool = own;
        LocalCluster started = LocalCluster.start(LocalClusterOptions.builder()
                .workDirectory(directory.cluster())
                .keepLogs(true)
                .startTimeout(START_TIMEOUT)
                .configuration(DropInOptions.POOL.key(), own.options().name())
                .taskManagers(Example.PARALLELISM, TaskManagerSpec.DEFAULT)
                .build());
        cluster = started;
        started.awaitTaskManagers(START_TIMEOUT);
        return started;
    }

    /** @throws IllegalStateException if it has not been started */
    synchronized OwnPool pool() {
        if (pool == null) {
            throw new IllegalStateException("not started");
        }
        return pool;
    }

    /** Has the logs outlive this, and says where they are. */
    synchronized Path keepLogs() {
        keepLogs = true;
        return directory.path();
    }

    @Override
    public void close() {
        session.close();
    }

    private synchronized void stop() {
        closed = true;
        if (cluster != null) {
            cluster.close();
        }
        if (pool != null) {
            pool.close();
        }
        if (!keepLogs) {
            directory.delete();
        }
    }
}
