package io.arrowshm.jobs.images;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.error.SharedMemoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pool that an exchange makes for its jobs, and removes when it is closed unless the user wants to keep it. */
final class OwnPool implements AutoCloseable {
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
     * Makes a pool in which at least one batch has room.
     *
     * @param named name and directory
     * @throws UserErrorException if that cannot be had
     */
    static OwnPool open(PoolOptions named, Exchange.Options exchange) {
        AbandonedPools.remove(Path.of(named.directory()));
        PoolOptions options = named;
        SharedMemoryPool pool = null;
        boolean opened = false;
        try {
            if (exchange.poolBytes() != null) {
                options = options.withSizeBytes(exchange.poolBytes());
            }
            pool = SharedMemoryPool.open(options);
            pool.newSegment(ImageSegments.SCHEMA, ImageSegments.bodyBytes(exchange.batchImages()))
                    .close();
            opened = true;
            return new OwnPool(options, pool, exchange.keep());
        } catch (SharedMemoryException e) {
            throw new UserErrorException(e.getMessage(), e);
        } finally {
            // Not only for what is known to go wrong: while the JVM is being stopped anything may.
            if (!opened) {
                discard(options, pool);
            }
        }
    }

    PoolOptions options() {
        return options;
    }

    /** What is still held or in flight, once what the processes of the cluster have left was taken back. */
    long segmentsLeft() {
        long deadline = System.nanoTime() + SWEEP_TIMEOUT.toNanos();
        while (pool.statistics().segments() > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return pool.statistics().segments();
    }

    /** Where it stays; null if it is removed. */
    @Nullable
    Path kept() {
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
