package io.arrowshm.jobs.images.job;

import static java.util.Objects.requireNonNull;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.dropin.DropIn;
import io.arrowshm.flink.dropin.DropInOptions;
import io.arrowshm.flink.type.SegmentTypeInfo;
import io.arrowshm.jobs.images.data.BatchPlan;
import io.arrowshm.jobs.images.data.ImageRows;
import io.arrowshm.jobs.images.data.ImageSegments;
import io.arrowshm.jobs.session.OwnPool;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/**
 * A way of getting batches of images from a source to workers. Lives in the client: made before the cluster starts,
 * closed after it has stopped.
 */
public final class Exchange implements AutoCloseable {
    /** The name of the workers' operator, by which their progress is found. */
    static final String WORKERS = "workers";

    /** What the command line can choose from. */
    public enum Kind {
        /** By reference: batches are segments of a pool. */
        SHM,
        /** Flink's own: batches are POJOs that its default serializer writes into network buffers. */
        FLINK,
        /** The job of {@link #FLINK}, unchanged; drop-in mode moves the arrays of its POJOs through shared memory. */
        DROP_IN;

        /** As the user writes it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * What the command line says.
     *
     * @param batchImages images of the largest batch
     * @param poolBytes size of the pool; null for its default
     * @param dumpFirst where the first sealed segment is copied to; null for nowhere
     * @param keep whether the pool stays afterwards
     */
    public record Options(
            int batchImages,
            @Nullable Long poolBytes,
            @Nullable Path dumpFirst,
            boolean keep) {}

    private final Kind kind;
    private final @Nullable OwnPool pool;
    private @Nullable Path dumpFirst;

    private Exchange(Kind kind, @Nullable OwnPool pool, @Nullable Path dumpFirst) {
        this.kind = kind;
        this.pool = pool;
        this.dumpFirst = dumpFirst;
    }

    /** Flink's own exchange, which needs nothing. */
    static Exchange ofFlink() {
        return new Exchange(Kind.FLINK, null, null);
    }

    /**
     * Makes an exchange ready for use. One with a pool makes it, with room for at least one batch; drop-in mode is on in
     * this JVM until the exchange is closed.
     *
     * @throws io.arrowshm.console.UserErrorException if it cannot be had with these options
     */
    public static Exchange open(Kind kind, Options options) {
        return kind == Kind.FLINK
                ? ofFlink()
                : open(kind, OwnPool.open("images", options.poolBytes(), options.keep(), roomFor(options)), options);
    }

    /**
     * Makes an exchange with a pool of another name or in another directory ready for use.
     *
     * @throws io.arrowshm.console.UserErrorException if it cannot be had with these options
     */
    public static Exchange open(Kind kind, PoolOptions named, Options options) {
        return open(kind, OwnPool.open(named, options.poolBytes(), options.keep(), roomFor(options)), options);
    }

    private static Exchange open(Kind kind, OwnPool pool, Options options) {
        if (kind == Kind.DROP_IN) {
            DropIn.enable(new Configuration());
        }
        return new Exchange(kind, pool, options.dumpFirst());
    }

    private static Consumer<SharedMemoryPool> roomFor(Options options) {
        return pool -> pool.newSegment(ImageSegments.SCHEMA, ImageSegments.bodyBytes(options.batchImages()))
                .close();
    }

    /** What the user calls it. */
    public String name() {
        return kind.toString();
    }

    /** What the cluster's processes have to be told. */
    public Map<String, String> clusterConfiguration() {
        if (kind != Kind.DROP_IN) {
            return Map.of();
        }
        PoolOptions options = requireNonNull(pool).options();
        return Map.of(DropInOptions.POOL.key(), options.name(), DropInOptions.DIRECTORY.key(), options.directory());
    }

    /**
     * Adds a source of all batches, the edge, and the workers to a job.
     *
     * @param parallelism number of workers; there is one source
     * @param work what every worker does with its batches
     */
    void connect(StreamExecutionEnvironment env, BatchPlan batches, int parallelism, BatchWork work) {
        SingleOutputStreamOperator<Long> numbers =
                atSource(env.fromSequence(0, batches.batches() - 1), "batch numbers");
        SingleOutputStreamOperator<Boolean> workers =
                kind == Kind.SHM ? byReference(numbers, batches, work) : byValue(numbers, batches, work);
        atWorkers(workers, parallelism).name(WORKERS);
        workers.sinkTo(new DiscardingSink<>())
                .setParallelism(parallelism)
                .slotSharingGroup(Places.WORKERS.group())
                .name("nothing");
    }

    private SingleOutputStreamOperator<Boolean> byReference(
            SingleOutputStreamOperator<Long> numbers, BatchPlan batches, BatchWork work) {
        PoolOptions options = requireNonNull(pool).options();
        String dump = dumpFirst == null ? null : dumpFirst.toAbsolutePath().toString();
        // The first segment of all jobs: the next job's would replace it.
        dumpFirst = null;
        SingleOutputStreamOperator<Segment> images = atSource(
                numbers.flatMap(new SegmentReader(batches, options, dump)).returns(SegmentTypeInfo.of()), "images");
        return SegmentStream.of(images, options)
                .rebalance()
                .flatMap(new Worker<>(work, ImageRows.OfSegment::new, null), Types.BOOLEAN);
    }

    private SingleOutputStreamOperator<Boolean> byValue(
            SingleOutputStreamOperator<Long> numbers, BatchPlan batches, BatchWork work) {
        // Drop-in mode counts for itself how batches go.
        String reason = kind == Kind.FLINK ? "exchange flink" : null;
        return atSource(numbers.map(new BatchReader(batches)), "images")
                .rebalance()
                .flatMap(new Worker<>(work, ImageRows.OfBatch::new, reason))
                .returns(Types.BOOLEAN);
    }

    private static <T> SingleOutputStreamOperator<T> atSource(SingleOutputStreamOperator<T> operator, String name) {
        return operator.setParallelism(1)
                .slotSharingGroup(Places.SOURCE.group())
                .name(name);
    }

    private static <T> SingleOutputStreamOperator<T> atWorkers(
            SingleOutputStreamOperator<T> operator, int parallelism) {
        return operator.setParallelism(parallelism).slotSharingGroup(Places.WORKERS.group());
    }

    /** Segments that are still held or in flight; asked after the cluster has stopped and before this is closed. */
    public long segmentsLeft() {
        return pool == null ? 0 : pool.segmentsLeft();
    }

    /** What stays when this is closed, since the user wants to keep it; null for nothing. */
    public @Nullable Path kept() {
        return pool == null ? null : pool.kept();
    }

    /** Leaves nothing else behind. May be called twice. */
    @Override
    public void close() {
        if (kind == Kind.DROP_IN) {
            DropIn.disable();
        }
        if (pool != null) {
            pool.close();
        }
    }
}
