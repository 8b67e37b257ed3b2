package io.arrowshm.flink;

import io.arrowshm.flink.stream.ChannelPartitioner;
import io.arrowshm.flink.stream.Distribution;
import io.arrowshm.flink.stream.ReceiveOperator;
import io.arrowshm.flink.stream.SendOperator;
import io.arrowshm.flink.stream.TransferOptions;
import io.arrowshm.flink.type.SegmentTypeInfo;
import io.arrowshm.flink.type.TransferTypeInfo;
import io.arrowshm.shm.PoolOptions;
import io.arrowshm.shm.Segment;
import java.time.Duration;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.ProcessFunction;

/**
 * A stream of segments that lie in one pool. Between TaskManager processes of one host that have the pool open only
 * references travel; wherever that is not possible the segment itself does, with the same result.
 *
 * <p>The functions that are given to this stream get each segment on loan: it is closed when they return. To keep one,
 * {@link Segment#retain()} it and close the handle that this gives.
 *
 * <pre>{@code
 * SegmentStream.of(images, pool)
 *         .rebalance(4)
 *         .flatMap((segment, out) -> out.collect(mean(segment.root())), Types.DOUBLE);
 * }</pre>
 */
@PublicEvolving
public final class SegmentStream {
    private static final Duration INVITATION_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CREDIT_TIMEOUT = Duration.ofSeconds(1);
    private static final long CREDIT_BY_POOL_SIZE = 0;

    private final DataStream<Segment> stream;
    private final PoolOptions pool;

    private SegmentStream(DataStream<Segment> stream, PoolOptions pool) {
        this.stream = stream;
        this.pool = pool;
    }

    /** A stream whose segments lie in the pool, or in private memory where that was full. */
    public static SegmentStream of(DataStream<Segment> stream, PoolOptions pool) {
        return new SegmentStream(stream, pool);
    }

    /** Every receiving subtask in turn. */
    public SegmentStream rebalance(int parallelism) {
        return over(Distribution.REBALANCE, parallelism);
    }

    /** From each subtask to the one with its index, in another task. */
    public SegmentStream forward() {
        return over(Distribution.FORWARD, stream.getParallelism());
    }

    /** Runs what comes behind the last exchange in the slots of a group. */
    public SegmentStream slotSharingGroup(SlotSharingGroup group) {
        if (!(stream instanceof SingleOutputStreamOperator<Segment> operator)) {
            throw new IllegalStateException("a slot sharing group can be given after rebalance() or forward()");
        }
        return new SegmentStream(operator.slotSharingGroup(group), pool);
    }

    /** Applies a function to each segment, on loan. */
    public <R> SingleOutputStreamOperator<R> flatMap(FlatMapFunction<Segment, R> function, TypeInformation<R> type) {
        return stream.flatMap(function, type).setParallelism(stream.getParallelism());
    }

    /** Applies a function to each segment, on loan. */
    public <R> SingleOutputStreamOperator<R> process(ProcessFunction<Segment, R> function, TypeInformation<R> type) {
        return stream.process(function, type).setParallelism(stream.getParallelism());
    }

    /**
     * Copies in private memory, for operators that keep what they get, such as windows, joins and asynchronous calls:
     * nothing that they forget holds shared memory.
     */
    public SingleOutputStreamOperator<Segment> toDataStream() {
        return stream.map(Segment::copyToPrivateMemory, SegmentTypeInfo.of())
                .setParallelism(stream.getParallelism())
                .name("copy to private memory");
    }

    private SegmentStream over(Distribution distribution, int parallelism) {
        TransferOptions options =
                new TransferOptions(pool, distribution, CREDIT_BY_POOL_SIZE, INVITATION_TIMEOUT, CREDIT_TIMEOUT);
        SingleOutputStreamOperator<Segment> received = stream.transform(
                        "send", TransferTypeInfo.INSTANCE, new SendOperator(options))
                .setParallelism(stream.getParallelism())
                .partitionCustom(new ChannelPartitioner(), transfer -> transfer)
                .transform("receive", SegmentTypeInfo.of(), new ReceiveOperator(pool))
                .setParallelism(parallelism);
        return new SegmentStream(received, pool);
    }
}
