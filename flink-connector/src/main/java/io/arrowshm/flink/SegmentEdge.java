package io.arrowshm.flink;

import io.arrowshm.flink.stream.ChannelPartitioner;
import io.arrowshm.flink.stream.Distribution;
import io.arrowshm.flink.stream.ReceiveOperator;
import io.arrowshm.flink.stream.Routing;
import io.arrowshm.flink.stream.SendOperator;
import io.arrowshm.flink.stream.TransferOptions;
import io.arrowshm.flink.type.SegmentTypeInfo;
import io.arrowshm.flink.type.Transfer;
import io.arrowshm.flink.type.TransferTypeInfo;
import io.arrowshm.shm.PoolOptions;
import io.arrowshm.shm.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.jspecify.annotations.Nullable;

/**
 * An edge that is being built: a sending operator behind every origin, and what they send.
 *
 * @param senders the operators in front of the edge
 * @param transfers what arrives behind it
 * @param routing from the senders to the receivers
 */
record SegmentEdge(
        List<SingleOutputStreamOperator<?>> senders,
        DataStream<Transfer> transfers,
        Routing routing,
        PoolOptions pool) {

    static SegmentEdge from(List<DataStream<Segment>> origins, Routing routing, PoolOptions pool) {
        List<SingleOutputStreamOperator<?>> senders = new ArrayList<>();
        DataStream<Transfer> transfers = null;
        for (DataStream<Segment> origin : origins) {
            TransferOptions options =
                    TransferOptions.of(pool, origin.getExecutionEnvironment().getConfiguration());
            SingleOutputStreamOperator<Transfer> sender = origin.transform(
                            "send", TransferTypeInfo.INSTANCE, new SendOperator(options, routing))
                    .setParallelism(origin.getParallelism());
            senders.add(sender);
            DataStream<Transfer> sent = sender.partitionCustom(new ChannelPartitioner(), transfer -> transfer);
            transfers = union(transfers, sent);
        }
        if (transfers == null) {
            throw new IllegalArgumentException("a stream of no origins");
        }
        return new SegmentEdge(senders, transfers, routing, pool);
    }

    /** Puts a receiving operator behind the edge, and an operator that is chained to it behind that. */
    <R> SingleOutputStreamOperator<R> apply(Function<DataStream<Segment>, SingleOutputStreamOperator<R>> operator) {
        SingleOutputStreamOperator<Segment> received =
                transfers.transform("receive", SegmentTypeInfo.of(), new ReceiveOperator(pool));
        SingleOutputStreamOperator<R> result =
                new ReceivedOperator<>(operator.apply(received), received, senders, List.of(routing));
        return routing == Distribution.FORWARD
                ? result.setParallelism(senders.get(0).getParallelism())
                : result;
    }

    private static DataStream<Transfer> union(@Nullable DataStream<Transfer> transfers, DataStream<Transfer> more) {
        return transfers == null ? more : transfers.union(more);
    }
}
