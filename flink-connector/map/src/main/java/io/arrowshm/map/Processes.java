package io.arrowshm.map;

import io.arrowshm.PoolOptions;
import io.arrowshm.cluster.LocalClusterOptions;
import io.arrowshm.map.internal.client.Backing;
import io.arrowshm.map.internal.client.OthersWorkers;
import io.arrowshm.map.internal.client.ProcessEngine;
import io.arrowshm.map.internal.client.Welcome;
import io.arrowshm.map.internal.local.ClusterWorkers;
import io.arrowshm.map.internal.local.LocalWorkers;
import io.arrowshm.map.internal.wire.ContextDirectory;
import io.arrowshm.map.internal.worker.WorkerOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Contexts whose workers are processes. Apart from {@link Shm}, which does without Flink's classes as long as it can. */
final class Processes {
    /** Workers of a process end with it; without any client before, they are not ended. */
    private static final Duration FOR_EVER = Duration.ofDays(10_000);

    /** Workers that were killed may be on their way back. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private Processes() {}

    /** @param change of the cluster, for tests */
    static Shm start(ProcessOptions options, UnaryOperator<LocalClusterOptions.Builder> change) {
        ContextDirectory directory = ContextDirectory.named(options.name());
        WorkerOptions workers = workers(options, directory, FOR_EVER, true);
        return open(options, directory, owned -> LocalWorkers.start(workers, owned, options.heapMb(), change));
    }

    static Shm submit(URI cluster, ProcessOptions options, List<Path> jars) {
        ContextDirectory directory = ContextDirectory.named(options.name());
        WorkerOptions workers = workers(options, directory, options.idle(), false);
        return open(options, directory, owned -> ClusterWorkers.submit(workers, owned, cluster, jars));
    }

    private static WorkerOptions workers(
            ProcessOptions options, ContextDirectory directory, Duration idle, boolean ownProcesses) {
        return new WorkerOptions(
                options.name(), directory.path().toString(), options.pool(), options.workers(), idle, ownProcesses);
    }

    /** @param starter gives the directory back if it fails */
    private static Shm open(
            ProcessOptions options, ContextDirectory directory, Function<ContextDirectory.Owned, Backing> starter) {
        ContextDirectory.Owned owned = directory.own();
        if (owned == null) {
            throw new IllegalStateException("a context " + options.name() + " runs already: Shm.attach(\""
                    + options.name() + "\") uses its workers, ProcessOptions.withName gives this one another name");
        }
        ContextPool pool;
        try {
            pool = ContextPool.of(options.pool());
        } catch (RuntimeException e) {
            owned.close();
            throw e;
        }
        try {
            Backing backing = starter.apply(owned);
            return connected(directory, pool, options.workers(), backing, options.startTimeout());
        } catch (RuntimeException | Error e) {
            pool.close();
            throw e;
        }
    }

    static Shm attach(String name) {
        ContextDirectory directory = ContextDirectory.named(name);
        OthersWorkers others = OthersWorkers.find(directory);
        if (others == null) {
            throw new IllegalStateException("no context " + name + " has a worker in " + directory.path()
                    + "; start one: Shm.processes, with ProcessOptions.withName");
        }
        Welcome welcome = others.welcome();
        ContextPool pool = ContextPool.of(PoolOptions.named(welcome.poolName()).withDirectory(welcome.poolDirectory()));
        try {
            return connected(directory, pool, welcome.workers(), others, PATIENCE);
        } catch (RuntimeException | Error e) {
            pool.close();
            throw e;
        }
    }

    private static Shm connected(
            ContextDirectory directory, ContextPool pool, int workers, Backing backing, Duration patience) {
        ProcessEngine engine;
        try {
            engine = new ProcessEngine(directory, pool.pool(), workers, backing, pool::adopt);
        } catch (RuntimeException e) {
            backing.close();
            throw e;
        }
        try {
            engine.awaitAll(patience);
            return new Shm(pool, engine);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }
}
