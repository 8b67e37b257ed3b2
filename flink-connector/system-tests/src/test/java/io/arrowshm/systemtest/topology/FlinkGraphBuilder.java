package io.arrowshm.systemtest.topology;

import io.arrowshm.systemtest.topology.TopologyPlan.Input;
import io.arrowshm.systemtest.topology.TopologyPlan.Node;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/** By Flink's own exchange and serializers. */
final class FlinkGraphBuilder extends GraphBuilder<Numbers, DataStream<Numbers>> {
    FlinkGraphBuilder(StreamExecutionEnvironment environment, Path directory, OptionalDouble killAfter) {
        super(new NumbersCarrier(), environment, directory, killAfter);
    }

    @Override
    void add(Node node) {
        switch (node.kind()) {
            case SOURCE -> output(node, source(node));
            case MAP -> output(node, input(node, 0).map(new MapNode<>(task(node)), carrier.type()));
            case FILTER -> output(node, input(node, 0).filter(new FilterNode<>(task(node))));
            case FLAT_MAP -> output(node, input(node, 0).flatMap(new FlatMapNode<>(task(node)), carrier.type()));
            case SIDE_OUTPUT -> {
                SingleOutputStreamOperator<Numbers> made =
                        input(node, 0).process(new SideOutputNode<>(task(node)), carrier.type());
                output(node, made);
                output(node, true, made.getSideOutput(SideOutputNode.side(carrier)));
            }
            case KEYED -> output(node, keyed(node, 0).process(new KeyedNode<>(task(node)), carrier.type()));
            case WINDOW ->
                output(
                        node,
                        keyed(node, 0)
                                .window(TumblingEventTimeWindows.of(Duration.ofMillis(Logic.WINDOW)))
                                .reduce(WindowNode.largest(carrier), new WindowNode<>(task(node)), carrier.type()));
            case CO_PROCESS ->
                output(
                        node,
                        input(node, 0)
                                .connect(input(node, 1))
                                .process(new CoProcessNode<>(task(node)), carrier.type()));
            case KEYED_CO_PROCESS ->
                output(
                        node,
                        keyed(node, 0)
                                .connect(keyed(node, 1))
                                .process(new KeyedCoProcessNode<>(task(node)), carrier.type()));
            case BROADCAST_STATE ->
                output(
                        node,
                        input(node, 0)
                                .connect(broadcastElements())
                                .process(new BroadcastStateNode<>(task(node)), carrier.type()));
            case KEYED_BROADCAST_STATE ->
                output(
                        node,
                        keyed(node, 0)
                                .connect(broadcastElements())
                                .process(new KeyedBroadcastStateNode<>(task(node)), carrier.type()));
            case SINK -> sink(node, input(node, 0).flatMap(new SinkNode<>(task(node)), Types.LONG));
        }
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    DataStream<Numbers> union(List<DataStream<Numbers>> streams) {
        DataStream[] others = streams.subList(1, streams.size()).toArray(DataStream[]::new);
        return others.length == 0 ? streams.get(0) : streams.get(0).union(others);
    }

    private DataStream<Numbers> input(Node node, int index) {
        Input input = node.inputs().get(index);
        DataStream<Numbers> origins = origins(input);
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

    private KeyedStream<Numbers, Long> keyed(Node node, int index) {
        return origins(node.inputs().get(index)).keyBy(key(node), Types.LONG);
    }

    private void output(Node node, SingleOutputStreamOperator<Numbers> operator) {
        output(node, false, place(node, operator));
    }
}
