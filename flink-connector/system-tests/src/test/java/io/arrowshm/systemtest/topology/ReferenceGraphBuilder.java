package io.arrowshm.systemtest.topology;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.flink.KeyedSegmentStream;
import io.arrowshm.flink.SegmentOperator;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.type.SegmentTypeInfo;
import io.arrowshm.systemtest.topology.TopologyPlan.Input;
import io.arrowshm.systemtest.topology.TopologyPlan.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/** By reference. */
final class ReferenceGraphBuilder extends GraphBuilder<Segment, SegmentStream> {
    private final PoolOptions poolOptions;

    ReferenceGraphBuilder(
            PoolOptions poolOptions, StreamExecutionEnvironment environment, Path directory, OptionalDouble killAfter) {
        super(new SegmentCarrier(poolOptions), environment, directory, killAfter);
        this.poolOptions = poolOptions;
    }

    @Override
    void add(Node node) {
        switch (node.kind()) {
            case SOURCE -> output(node, source(node));
            case MAP -> output(node, input(node, 0).map(new MapNode<>(task(node))));
            case FILTER -> output(node, input(node, 0).filter(new FilterNode<>(task(node))));
            case FLAT_MAP -> output(node, input(node, 0).flatMap(new FlatMapNode<>(task(node))));
            case SIDE_OUTPUT -> {
                SegmentOperator made = input(node, 0).process(new SideOutputNode<>(task(node)));
                output(node, made);
                output(node, true, made.getSideOutputSegments(SideOutputNode.side(carrier)));
            }
            case KEYED -> output(node, keyed(node, 0).process(new KeyedNode<>(task(node))));
            case WINDOW ->
                output(
                        node,
                        keyed(node, 0)
                                .toKeyedStream()
                                .window(TumblingEventTimeWindows.of(Duration.ofMillis(Logic.WINDOW)))
                                .reduce(WindowNode.largest(carrier), new WindowNode<>(task(node)), carrier.type()));
            case CO_PROCESS ->
                output(
                        node,
                        input(node, 0)
                                .connect(input(node, 1))
                                .process(new CoProcessNode<>(task(node)), SegmentTypeInfo.of()));
            case KEYED_CO_PROCESS ->
                output(
                        node,
                        keyed(node, 0)
                                .connect(keyed(node, 1))
                                .process(new KeyedCoProcessNode<>(task(node)), SegmentTypeInfo.of()));
            case BROADCAST_STATE ->
                output(
                        node,
                        input(node, 0)
                                .connect(broadcastElements())
                                .process(new BroadcastStateNode<>(task(node)), SegmentTypeInfo.of()));
            case KEYED_BROADCAST_STATE ->
                output(
                        node,
                        keyed(node, 0)
                                .connect(broadcastElements())
                                .process(new KeyedBroadcastStateNode<>(task(node)), SegmentTypeInfo.of()));
            case SINK -> sink(node, input(node, 0).flatMap(new SinkNode<>(task(node)), Types.LONG));
        }
    }

    @Override
    SegmentStream union(List<SegmentStream> streams) {
        SegmentStream[] others = streams.subList(1, streams.size()).toArray(SegmentStream[]::new);
        return others.length == 0 ? streams.get(0) : streams.get(0).union(others);
    }

    private SegmentStream input(Node node, int index) {
        Input input = node.inputs().get(index);
        SegmentStream origins = origins(input);
        return switch (input.partitioning()) {
            case NONE -> origins;
            case REBALANCE -> origins.rebalance();
            case SHUFFLE -> origins.shuffle();
            case FORWARD -> origins.forward();
            case RESCALE -> origins.rescale();
            case GLOBAL -> origins.global();
            case BROADCAST -> origins.broadcast();
            case CUSTOM -> origins.partitionCustom(new RemainderPartitioner(), key(node));
            case KEY -> throw new IllegalArgumentException("keyed: " + node);
        };
    }

    private KeyedSegmentStream<Long> keyed(Node node, int index) {
        return origins(node.inputs().get(index)).keyBy(key(node), Types.LONG);
    }

    private void output(Node node, SegmentOperator operator) {
        operator.setParallelism(node.parallelism()).name(name(node));
        output(node, false, node.group() < 0 ? operator : operator.slotSharingGroup(group(node)));
    }

    private void output(Node node, SingleOutputStreamOperator<Segment> operator) {
        output(node, false, SegmentStream.of(place(node, operator), poolOptions));
    }
}
