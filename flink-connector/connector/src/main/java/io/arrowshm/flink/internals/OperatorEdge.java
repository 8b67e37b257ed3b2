package io.arrowshm.flink.internals;

import java.util.List;
import org.apache.flink.annotation.Internal;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.io.network.api.writer.ResultPartitionWriter;
import org.apache.flink.runtime.io.network.partition.ResultPartitionType;
import org.apache.flink.runtime.jobgraph.IntermediateDataSetID;
import org.apache.flink.streaming.api.graph.NonChainedOutput;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;

/** The edge behind an operator of ours that runs and has no other output. One thread, that of its task. */
@Internal
public final class OperatorEdge {
    private final NonChainedOutput edge;
    private final Environment environment;

    private OperatorEdge(NonChainedOutput edge, Environment environment) {
        this.edge = edge;
        this.environment = environment;
    }

    public static OperatorEdge behind(AbstractStreamOperator<?> operator) {
        List<NonChainedOutput> edges =
                operator.getOperatorConfig().getOperatorNonChainedOutputs(operator.getUserCodeClassloader());
        if (edges.size() != 1) {
            throw new IllegalStateException(edges.size() + " edges behind a sending operator, allowed is one");
        }
        return new OperatorEdge(edges.get(0), operator.getContainingTask().getEnvironment());
    }

    /** Whether what is written to it is read exactly once, so that it may carry references. */
    public boolean isPipelined() {
        return isPipelined(edge);
    }

    /** False for what is kept to be read again, and for a consumer that reconnects by itself and reads what another has. */
    static boolean isPipelined(NonChainedOutput edge) {
        return edge.getPartitionType() == ResultPartitionType.PIPELINED_BOUNDED
                || edge.getPartitionType() == ResultPartitionType.PIPELINED;
    }

    /** How many subtasks read from it. */
    public int receivers() {
        for (ResultPartitionWriter writer : environment.getAllWriters()) {
            IntermediateDataSetID written =
                    writer.getPartitionId().getPartitionId().getIntermediateDataSetID();
            if (written.equals(edge.getDataSetId())) {
                return writer.getNumberOfSubpartitions();
            }
        }
        throw new IllegalStateException("the task has no result partition for the edge " + edge.getDataSetId());
    }

    /** Sends what is still in the output buffers of the task. */
    public void flush() {
        for (ResultPartitionWriter writer : environment.getAllWriters()) {
            writer.flushAll();
        }
    }

    public BackPressure backPressure() {
        return BackPressure.of(environment);
    }
}
