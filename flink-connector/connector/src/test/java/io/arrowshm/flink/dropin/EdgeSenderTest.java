package io.arrowshm.flink.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.flink.TestPool;
import io.arrowshm.flink.internals.BackPressure;
import io.arrowshm.flink.stream.BoundedWait;
import io.arrowshm.flink.stream.TransferOptions;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.IncomingChannel;
import java.io.IOException;
import java.util.HashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.metrics.TimerGauge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The credit of one edge, without a job. */
class EdgeSenderTest {
    @RegisterExtension
    static final TestPool POOL = new TestPool("edge-sender");

    private static final double[] ARRAY = new double[3_000];
    private static final int WINDOW_BYTES = 64 << 10;
    private static final int ARRAYS_IN_WINDOW = 2;

    private final AtomicInteger waits = new AtomicInteger();
    private final DataOutputSerializer written = new DataOutputSerializer(64);

    @Test
    void whoHasWaitedInVainForCreditWaitsAgainOnlyWhenThereWasSome() throws Exception {
        try (Epoch sending = POOL.pool().openEpoch("sender");
                Epoch receiving = POOL.pool().openEpoch("receiver")) {
            EdgeSender sender = sender(sending);
            assertThat(writesReference(sender))
                    .as("before the receiver has joined")
                    .isFalse();
            IncomingChannel channel = join(receiving);
            for (int i = 0; i < ARRAYS_IN_WINDOW; i++) {
                assertThat(writesReference(sender)).isTrue();
            }
            SegmentRef last = reference();
            assertThat(waits).hasValue(0);

            for (int i = 0; i < 5; i++) {
                assertThat(writesReference(sender)).as("without credit").isFalse();
            }
            assertThat(waits).hasValue(1);

            receive(channel, last);
            assertThat(writesReference(sender)).as("with credit").isTrue();
            receive(channel, reference());
            assertThat(writesReference(sender)).as("with credit").isTrue();
            assertThat(writesReference(sender)).as("without credit").isFalse();
            assertThat(waits).hasValue(2);
        }
    }

    private EdgeSender sender(Epoch epoch) {
        return new EdgeSender(
                POOL.pool(),
                epoch,
                TransferOptions.of(POOL.options(), new Configuration()),
                1,
                WINDOW_BYTES,
                new BoundedWait(new BackPressure(new TimerGauge()), waits::incrementAndGet, () -> {}),
                new DropInCounts(new HashMap<>(), new UnregisteredMetricsGroup()));
    }

    private boolean writesReference(EdgeSender sender) throws IOException {
        written.clear();
        sender.beginRecord();
        return sender.write(DoubleArraySerializer.INSTANCE, ARRAY, 0, written);
    }

    private IncomingChannel join(Epoch receiving) throws IOException {
        DataInputDeserializer invitation = new DataInputDeserializer(written.getCopyOfBuffer());
        assertThat(invitation.readInt()).isEqualTo(PrimitiveArraySerializer.INVITATION);
        assertThat(invitation.readLong()).isEqualTo(POOL.pool().id());
        return Access.join(receiving, invitation.readInt(), invitation.readLong());
    }

    private SegmentRef reference() throws IOException {
        DataInputDeserializer written = new DataInputDeserializer(this.written.getCopyOfBuffer());
        assertThat(written.readInt()).isEqualTo(PrimitiveArraySerializer.REFERENCE);
        written.readInt();
        return SegmentRef.readFrom(written);
    }

    private static void receive(IncomingChannel channel, SegmentRef reference) {
        try (Segment segment = POOL.pool().receive(reference)) {
            assertThat(segment.array().size()).isEqualTo(ARRAY.length);
        }
        channel.received(reference.length());
    }
}
