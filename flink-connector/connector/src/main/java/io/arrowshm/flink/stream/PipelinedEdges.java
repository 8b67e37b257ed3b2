package io.arrowshm.flink.stream;

import org.apache.flink.annotation.Internal;
import org.apache.flink.runtime.io.network.partition.ResultPartitionType;
import org.apache.flink.streaming.api.graph.NonChainedOutput;

/** The edges of Flink's that may carry references: what is written there is read exactly once. */
@Internal
public final class PipelinedEdges {
    private PipelinedEdges() {}

    /** False for what is kept to be read again, and for a consumer that reconnects by itself and reads what another has. */
    public static boolean contain(NonChainedOutput edge) {
        return edge.getPartitionType() == ResultPartitionType.PIPELINED_BOUNDED
                || edge.getPartitionType() == ResultPartitionType.PIPELINED;
    }
}
