package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import io.arrowshm.flink.type.Transfer;
import io.arrowshm.flink.type.Transfer.Content;
import io.arrowshm.flink.type.Transfer.Value;
import java.util.function.Consumer;

/** Where references cannot travel at all. */
final class ValueSender implements Sender {
    private final ByValueReason reason;
    private final SendCounts counts;

    ValueSender(ByValueReason reason, SendCounts counts) {
        this.reason = reason;
        this.counts = counts;
    }

    @Override
    public void invite(int receivers, Router router, Consumer<Transfer> output) {}

    @Override
    public Content content(Segment segment, int receiver) {
        counts.sentByValue(reason);
        return new Value(segment);
    }

    @Override
    public void sent(int receiver) {}

    @Override
    public void close() {}
}
