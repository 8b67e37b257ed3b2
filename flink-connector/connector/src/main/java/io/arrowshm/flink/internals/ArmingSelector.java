package io.arrowshm.flink.internals;

import org.apache.flink.core.io.IOReadableWritable;
import org.apache.flink.runtime.io.network.api.writer.ChannelSelector;

/** Selects as the edge's own selector does, and tells the edge's output what it has selected. One thread. */
final class ArmingSelector<T extends IOReadableWritable> implements ChannelSelector<T> {
    private final ChannelSelector<T> selector;
    private final RecordOutput output;

    ArmingSelector(ChannelSelector<T> selector, RecordOutput output) {
        this.selector = selector;
        this.output = output;
    }

    @Override
    public void setup(int numberOfChannels) {
        selector.setup(numberOfChannels);
    }

    @Override
    public int selectChannel(T record) {
        int receiver = selector.selectChannel(record);
        output.arm(receiver);
        return receiver;
    }

    @Override
    public boolean isBroadcast() {
        return selector.isBroadcast();
    }
}
