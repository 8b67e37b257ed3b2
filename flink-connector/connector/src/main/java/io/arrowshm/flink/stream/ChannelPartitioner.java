package io.arrowshm.flink.stream;

import io.arrowshm.flink.type.Transfer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.functions.Partitioner;
import org.apache.flink.api.java.functions.KeySelector;

/**
 * Sends every transfer to the receiver that it was prepared for. Both in one class and no lambda: this is what a TaskManager
 * without the connector reads first, and of a lambda Java cannot say which class is missing.
 */
@Internal
public final class ChannelPartitioner implements Partitioner<Transfer>, KeySelector<Transfer, Transfer> {
    private static final long serialVersionUID = 1L;

    @Override
    public int partition(Transfer transfer, int receivers) {
        return transfer.receiver();
    }

    @Override
    public Transfer getKey(Transfer transfer) {
        return transfer;
    }
}
