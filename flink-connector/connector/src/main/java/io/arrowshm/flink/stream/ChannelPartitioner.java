package io.arrowshm.flink.stream;

import io.arrowshm.flink.type.Transfer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.functions.Partitioner;

/** Sends every transfer to the receiver that it was prepared for. */
@Internal
public final class ChannelPartitioner implements Partitioner<Transfer> {
    private static final long serialVersionUID = 1L;

    @Override
    public int partition(Transfer transfer, int receivers) {
        return transfer.receiver();
    }
}
