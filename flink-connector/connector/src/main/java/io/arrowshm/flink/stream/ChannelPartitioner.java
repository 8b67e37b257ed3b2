package io.arrowshm.flink.stream;

import io.arrowshm.flink.type.Transfer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.functions.Partitioner;

/**
 * Sends every transfer where its operator has said, and tells the operator how many receivers there are: Flink calls the
 * partitioner on the very object, on the same thread, immediately before it is serialised.
 */
@Internal
public final class ChannelPartitioner implements Partitioner<Transfer> {
    private static final long serialVersionUID = 1L;

    @Override
    public int partition(Transfer transfer, int receivers) {
        transfer.setReceivers(receivers);
        return transfer.receiver();
    }
}
