package io.arrowshm.flink.stream;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.flink.internals.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.apache.flink.annotation.Internal;
import org.apache.flink.util.TemporaryClassLoaderContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools that this process has open for its tasks. A pool stays open when its last task ends, since opening one takes
 * longer than many jobs run; the process leaves it when it exits. Any thread.
 */
@Internal
public final class ProcessPools {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessPools.class);
    private static final Map<Path, SharedMemoryPool> POOLS = new HashMap<>();
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();
    // Whether somebody has begun to open it ahead, and nobody has asked for it since.
    private static final ConcurrentMap<Path, Boolean> AHEAD = new ConcurrentHashMap<>();

    private ProcessPools() {}

    /**
     * The pool of that directory and name, opened, and made if need be; not to be closed by the caller.
     *
     * @throws IllegalStateException if it would be opened by a class loader of a job, which cannot be shared
     */
    public static SharedMemoryPool get(PoolOptions options) {
        Installation.check();
        Path link = link(options);
        synchronized (POOLS) {
            AHEAD.put(link, false);
            SharedMemoryPool pool = POOLS.get(link);
            if (pool != null && isCurrent(pool, link)) {
                return pool;
            }
            if (pool != null) {
                pool.close();
            }
            pool = open(options);
            POOLS.put(link, pool);
            return pool;
        }
    }

    /** The same, or null if this process cannot have it: then segments go by value. Why is said once for each reason. */
    public static @Nullable SharedMemoryPool find(PoolOptions options) {
        try {
            return get(options);
        } catch (SharedMemoryException e) {
            if (SAID.add(options.name() + ": " + e.kind())) {
                LOG.warn(
                        "Segments are made in private memory and go by value, since the pool {} cannot be had: {}",
                        options.name(),
                        e.getMessage());
            }
            return null;
        }
    }

    /**
     * Begins to open a pool that is going to be asked for, once in each process: most of the time that the first opening takes
     * goes into loading classes, which another core can do meanwhile. Does not wait; whoever asks for the pool is told what is
     * wrong.
     */
    public static void openAhead(PoolOptions options) {
        if (AHEAD.putIfAbsent(link(options), true) == null) {
            Thread opening = new Thread(() -> openUnlessAskedFor(options), "arrow-shm-open-" + options.name());
            opening.setDaemon(true);
            opening.start();
        }
    }

    /** Who comes too late leaves it: the pool may have been removed since, and would be made anew for nobody. */
    private static void openUnlessAskedFor(PoolOptions options) {
        synchronized (POOLS) {
            if (Boolean.TRUE.equals(AHEAD.get(link(options)))) {
                try {
                    get(options);
                } catch (RuntimeException | LinkageError e) {
                    LOG.debug("The pool {} could not be opened ahead", options.name(), e);
                }
            }
        }
    }

    /**
     * What classes of the library look for while they are initialised is to be found by their own class loader. A job's is
     * closed with the job, which may be meanwhile, and an initialisation that has failed is never tried again in a process.
     */
    private static SharedMemoryPool open(PoolOptions options) {
        try (TemporaryClassLoaderContext own = TemporaryClassLoaderContext.of(ProcessPools.class.getClassLoader())) {
            return SharedMemoryPool.open(options);
        }
    }

    private static Path link(PoolOptions options) {
        return Path.of(options.directory(), options.name());
    }

    /** Leaves every pool, where a process that ran tasks goes on without any; they are opened again when needed. */
    public static void closeAll() {
        synchronized (POOLS) {
            POOLS.values().forEach(SharedMemoryPool::close);
            POOLS.clear();
            AHEAD.clear();
        }
    }

    /** False if the pool was removed and perhaps another one of its name was made. */
    private static boolean isCurrent(SharedMemoryPool pool, Path link) {
        try {
            return link.resolveSibling(Files.readSymbolicLink(link)).equals(pool.directory());
        } catch (IOException e) {
            return false;
        }
    }
}
