package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import io.arrowshm.flink.type.Transfer;
import io.arrowshm.flink.type.Transfer.Value;
import java.util.List;

/** Where references cannot travel at all. */
final class ValueSender implements Sender {
    private final ByValueReason reason;
    private final SendCounts counts;

    ValueSender(ByValueReason reason, SendCounts counts) {
        this.reason = reason;
        this.counts = counts;
    }

    @Override
    public List<Transfer> invitations(int receivers, Router router) {
        return List.of();
    }

    @Override
    public Transfer prepare(Segment segment, int receiver) {
        counts.countValue(reason);
        return new Transfer(new Value(segment), receiver);
    }

    @Override
    public void close() {}
}
