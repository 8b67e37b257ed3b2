package io.arrowshm.systemtest.topology;

import io.arrowshm.systemtest.topology.TopologyPlan.Input;
import io.arrowshm.systemtest.topology.TopologyPlan.Node;
import io.arrowshm.systemtest.topology.TopologyPlan.Port;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/**
 * Builds the job of a topology over an exchange.
 *
 * @param <T> a record
 * @param <S> a stream of records
 */
abstract class GraphBuilder<T, S> {
    final Carrier<T> carrier;
    final StreamExecutionEnvironment environment;
    private final Path directory;
    private final OptionalDouble killAfter;
    private final Map<Port, S> outputs = new HashMap<>();

    /**
     * @param directory where the sums go, and where files tell of the kill
     * @param killAfter share of the records of a source, if somebody will be killed
     */
    GraphBuilder(Carrier<T> carrier, StreamExecutionEnvironment environment, Path directory, OptionalDouble killAfter) {
        this.carrier = carrier;
        this.environment = environment;
        this.directory = directory;
        this.killAfter = killAfter;
    }

    final void build(TopologyPlan plan) {
        for (Node node : plan.nodes()) {
            // Also for operators that only the environment can tell.
            environment.setParallelism(node.parallelism());
            add(node);
        }
    }

    /** Adds a node's operators, and its outputs by {@link #output}. */
    abstract void add(Node node);

    /** The origins of an input together, before any partitioning. */
    abstract S union(List<S> streams);

    final void output(Node node, boolean side, S stream) {
        outputs.put(new Port(node.index(), side), stream);
    }

    final S origins(Input input) {
        return union(input.origins().stream().map(outputs::get).toList());
    }

    final NodeTask<T> task(Node node) {
        return new NodeTask<>(node.index(), node.logic(), carrier, directory);
    }

    final KeySelector<T, Long> key(Node node) {
        return new KeyOfRecord<>(node.logic(), carrier);
    }

    final SingleOutputStreamOperator<T> source(Node node) {
        return place(
                node,
                place(node, numbers("numbers", node.records()))
                        .flatMap(new SourceNode<>(task(node), killPoint(node)))
                        .returns(carrier.type()));
    }

    final BroadcastStream<Long> broadcastElements() {
        return numbers("broadcast elements", TopologyPlan.BROADCAST_ELEMENTS)
                .setParallelism(1)
                .broadcast(BroadcastStateNode.ELEMENTS);
    }

    final void sink(Node node, SingleOutputStreamOperator<Long> counted) {
        place(node, counted).sinkTo(new DiscardingSink<>());
    }

    final <R> SingleOutputStreamOperator<R> place(Node node, SingleOutputStreamOperator<R> operator) {
        operator.setParallelism(node.parallelism()).name(name(node));
        return node.group() < 0 ? operator : operator.slotSharingGroup(group(node));
    }

    static SlotSharingGroup group(Node node) {
        return SlotSharingGroup.newBuilder("group-" + node.group()).build();
    }

    static String name(Node node) {
        return node.index() + " " + node.kind();
    }

    private SingleOutputStreamOperator<Long> numbers(String name, int number) {
        WatermarkStrategy<Long> stamped =
                WatermarkStrategy.<Long>noWatermarks().withTimestampAssigner((value, before) -> value);
        return environment.fromSource(new NumberSequenceSource(0, number - 1), stamped, name);
    }

    private @Nullable KillPoint killPoint(Node node) {
        return killAfter.isPresent()
                ? new KillPoint(directory, node.records() / node.parallelism(), killAfter.getAsDouble())
                : null;
    }

    private record KeyOfRecord<T>(Logic logic, Carrier<T> carrier) implements KeySelector<T, Long> {
        @Override
        public Long getKey(T record) {
            return logic.key(carrier.first(record));
        }
    }
}
