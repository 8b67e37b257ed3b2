package io.arrowshm.jobs.session;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.error.SharedMemoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pool that a command makes for its jobs, and removes when it is closed unless the user wants to keep it. */
public final class OwnPool implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OwnPool.class);
    private static final Duration SWEEP_TIMEOUT = Duration.ofSeconds(5);
    private static final long POLL_NANOS = 10_000_000;

    private final PoolOptions options;
    private final SharedMemoryPool pool;
    private final boolean keep;
    private boolean closed;

    private OwnPool(PoolOptions options, SharedMemoryPool pool, boolean keep) {
        this.options = options;
        this.pool = pool;
        this.keep = keep;
    }

    /**
     * Makes the pool of a command, under a name that tells it from those of others, in the default directory. Removes what
     * commands of the same name have left that were killed.
     *
     * @param sizeBytes null for the default
     * @param keep whether it stays when this is closed
     * @param trial what the pool must be good for; throws {@link SharedMemoryException} if it is not
     * @throws UserErrorException if that cannot be had
     */
    public static OwnPool open(
            String command, @Nullable Long sizeBytes, boolean keep, Consumer<SharedMemoryPool> trial) {
        AbandonedPools abandoned = new AbandonedPools(command);
        PoolOptions named = PoolOptions.named(abandoned.nameOfOwn(keep));
        abandoned.remove(Path.of(named.directory()));
        return open(named, sizeBytes, keep, trial);
    }

    /** The same with a pool of another name or in another directory. */
    public static OwnPool open(
            PoolOptions named, @Nullable Long sizeBytes, boolean keep, Consumer<SharedMemoryPool> trial) {
        PoolOptions options = named;
        SharedMemoryPool pool = null;
        boolean opened = false;
        try {
            if (sizeBytes != null) {
                options = options.withSizeBytes(sizeBytes);
            }
            pool = SharedMemoryPool.open(options);
            trial.accept(pool);
            opened = true;
            return new OwnPool(options, pool, keep);
        } catch (SharedMemoryException e) {
            throw new UserErrorException(e.getMessage(), e);
        } finally {
            // Not only for what is known to go wrong: while the JVM is being stopped anything may.
            if (!opened) {
                discard(options, pool);
            }
        }
    }

    /** How others open it. */
    public PoolOptions options() {
        return options;
    }

    /** What is still held or in flight, once what the processes of the cluster have left was taken back. */
    public long segmentsLeft() {
        long deadline = System.nanoTime() + SWEEP_TIMEOUT.toNanos();
        while (pool.statistics().segments() > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return pool.statistics().segments();
    }

    /** Where it stays; null if it is removed. */
    public @Nullable Path kept() {
        return keep ? Path.of(options.directory(), options.name()) : null;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            pool.close();
            if (!keep) {
                SharedMemoryPool.remove(options);
            }
        }
    }

    private static void discard(PoolOptions options, @Nullable SharedMemoryPool pool) {
        try {
            if (pool != null) {
                pool.close();
            }
            SharedMemoryPool.remove(options);
        } catch (SharedMemoryException e) {
            LOG.info("Nothing to remove: {}", e.getMessage());
        }
    }
}
