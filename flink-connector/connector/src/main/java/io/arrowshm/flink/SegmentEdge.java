package io.arrowshm.flink;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.flink.internals.Alignment;
import io.arrowshm.flink.stream.ChannelPartitioner;
import io.arrowshm.flink.stream.Distribution;
import io.arrowshm.flink.stream.ReceiveOperator;
import io.arrowshm.flink.stream.Routing;
import io.arrowshm.flink.stream.SendOperator;
import io.arrowshm.flink.stream.TransferOptions;
import io.arrowshm.flink.type.SegmentTypeInfo;
import io.arrowshm.flink.type.Transfer;
import io.arrowshm.flink.type.TransferTypeInfo;
import java.util.List;
import java.util.function.Function;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

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
        PoolOptions poolOptions) {

    static SegmentEdge from(List<DataStream<Segment>> origins, Routing routing, PoolOptions poolOptions) {
        TransferOptions options = TransferOptions.of(
                poolOptions, origins.get(0).getExecutionEnvironment().getConfiguration());
        List<SingleOutputStreamOperator<Transfer>> senders = origins.stream()
                .map(origin -> origin.transform(
                                name("send", routing, poolOptions),
                                TransferTypeInfo.INSTANCE,
                                new SendOperator(options, routing))
                        .setParallelism(origin.getParallelism()))
                .toList();
        DataStream<Transfer> transfers = senders.stream()
                .map(sender ->
                        Alignment.always(sender.partitionCustom(new ChannelPartitioner(), new ChannelPartitioner())))
                .reduce((some, more) -> some.union(more))
                .orElseThrow();
        return new SegmentEdge(List.copyOf(senders), transfers, routing, poolOptions);
    }

    /** Of an operator at an edge, as the web UI and logs show it. */
    static String name(String operator, Routing routing, PoolOptions poolOptions) {
        return operator + "(" + routing + ", pool " + poolOptions.name() + ")";
    }

    /** Puts a receiving operator behind the edge, and an operator that is chained to it behind that. */
    <R> SingleOutputStreamOperator<R> apply(Function<DataStream<Segment>, SingleOutputStreamOperator<R>> operator) {
        SingleOutputStreamOperator<Segment> received = transfers.transform(
                name("receive", routing, poolOptions), SegmentTypeInfo.of(), new ReceiveOperator(poolOptions));
        SingleOutputStreamOperator<R> result = behind(operator.apply(received), received);
        return routing == Distribution.FORWARD
                ? result.setParallelism(senders.get(0).getParallelism())
                : result;
    }

    private <R> ReceivedOperator<R> behind(
            SingleOutputStreamOperator<R> operator, SingleOutputStreamOperator<Segment> received) {
        return new ReceivedOperator<>(operator, List.of(received), senders, List.of(routing));
    }
}
