package io.arrowshm.jobs.images;

import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.type.SegmentTypeInfo;
import io.arrowshm.jobs.console.UserErrorException;
import io.arrowshm.shm.PoolOptions;
import io.arrowshm.shm.Segment;
import io.arrowshm.shm.SharedMemoryPool;
import io.arrowshm.shm.error.SharedMemoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** By reference: batches are segments of a pool that this exchange makes, and removes when it is closed. */
final class ShmExchange implements Exchange {
    static final String NAME = "shm";

    private static final Logger LOG = LoggerFactory.getLogger(ShmExchange.class);
    private static final Duration SWEEP_TIMEOUT = Duration.ofSeconds(5);
    private static final long POLL_NANOS = 10_000_000;

    private final PoolOptions options;
    private final SharedMemoryPool pool;
    private final @Nullable Path dumpFirst;
    private final boolean keep;
    private boolean connected;
    private boolean closed;

    private ShmExchange(PoolOptions options, SharedMemoryPool pool, ExchangeOptions exchange) {
        this.options = options;
        this.pool = pool;
        this.dumpFirst = exchange.dumpFirst();
        this.keep = exchange.keep();
    }

    /**
     * Makes a pool in which at least one batch has room.
     *
     * @throws UserErrorException if that cannot be had
     */
    static ShmExchange open(ExchangeOptions exchange) {
        return open(PoolOptions.named(AbandonedPools.nameOfOwn(exchange.keep())), exchange);
    }

    /** The same with a pool of another name or in another directory. */
    static ShmExchange open(PoolOptions named, ExchangeOptions exchange) {
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
            return new ShmExchange(options, pool, exchange);
        } catch (SharedMemoryException e) {
            throw new UserErrorException(e.getMessage(), e);
        } finally {
            // Not only for what is known to go wrong: while the JVM is being stopped anything may.
            if (!opened) {
                discard(options, pool);
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

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void connect(StreamExecutionEnvironment env, BatchPlan batches, int parallelism, BatchWork work) {
        // The first segment of all jobs: the next job's would replace it.
        String dump = dumpFirst == null || connected
                ? null
                : dumpFirst.toAbsolutePath().toString();
        connected = true;
        SingleOutputStreamOperator<Segment> images = env.fromSequence(0, batches.batches() - 1)
                .setParallelism(1)
                .slotSharingGroup(Places.SOURCE.group())
                .name("batch numbers")
                .flatMap(new SegmentReader(batches, options, dump))
                .returns(SegmentTypeInfo.of())
                .setParallelism(1)
                .slotSharingGroup(Places.SOURCE.group())
                .name("images");
        SegmentStream.of(images, options)
                .rebalance()
                .flatMap(new SegmentFunction(work), Types.BOOLEAN)
                .setParallelism(parallelism)
                .slotSharingGroup(Places.WORKERS.group())
                .name(WORKERS)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(parallelism)
                .slotSharingGroup(Places.WORKERS.group())
                .name("nothing");
    }

    /** Waits for what the processes of the cluster have left to be taken back. */
    @Override
    public long segmentsLeft() {
        long deadline = System.nanoTime() + SWEEP_TIMEOUT.toNanos();
        while (pool.statistics().segments() > 0 && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return pool.statistics().segments();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            remove();
        }
    }

    @Override
    public @Nullable Path kept() {
        return keep ? Path.of(options.directory(), options.name()) : null;
    }

    private void remove() {
        pool.close();
        if (!keep) {
            SharedMemoryPool.remove(options);
        }
    }
}
