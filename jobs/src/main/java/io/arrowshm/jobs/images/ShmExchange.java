package io.arrowshm.jobs.images;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.nio.file.Path;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/** By reference: batches are segments of a pool that this exchange makes, and removes when it is closed. */
final class ShmExchange implements Exchange {
    static final String NAME = "shm";

    private final OwnPool pool;
    private final @Nullable Path dumpFirst;
    private boolean connected;

    private ShmExchange(OwnPool pool, @Nullable Path dumpFirst) {
        this.pool = pool;
        this.dumpFirst = dumpFirst;
    }

    /**
     * Makes a pool in which at least one batch has room.
     *
     * @throws io.arrowshm.console.UserErrorException if that cannot be had
     */
    static ShmExchange open(ExchangeOptions exchange) {
        return open(PoolOptions.named(AbandonedPools.nameOfOwn(exchange.keep())), exchange);
    }

    /** The same with a pool of another name or in another directory. */
    static ShmExchange open(PoolOptions named, ExchangeOptions exchange) {
        return new ShmExchange(OwnPool.open(named, exchange), exchange.dumpFirst());
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
                .flatMap(new SegmentReader(batches, pool.options(), dump))
                .returns(SegmentTypeInfo.of())
                .setParallelism(1)
                .slotSharingGroup(Places.SOURCE.group())
                .name("images");
        SegmentStream.of(images, pool.options())
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

    @Override
    public long segmentsLeft() {
        return pool.segmentsLeft();
    }

    @Override
    public @Nullable Path kept() {
        return pool.kept();
    }

    @Override
    public void close() {
        pool.close();
    }
}
