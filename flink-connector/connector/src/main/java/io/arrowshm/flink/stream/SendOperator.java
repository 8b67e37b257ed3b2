package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.flink.type.Transfer;
import io.arrowshm.flink.type.Transfer.Content;
import org.apache.flink.annotation.Internal;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.io.network.api.writer.ResultPartitionWriter;
import org.apache.flink.runtime.io.network.partition.ResultPartitionType;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * In front of an edge: sends each segment by reference to those of its receivers that have joined and have credit, else by
 * value. Segments are lent to it; whoever made them closes them.
 *
 * <p>Waiting for credit blocks the task for a bounded time, so that a slow receiver slows this task as Flink's own
 * back-pressure does, and is shown as such. When the time is over the segment goes by value, into Flink's own flow
 * control: a checkpoint barrier is never held up for good.
 */
@Internal
public final class SendOperator extends AbstractStreamOperator<Transfer>
        implements OneInputStreamOperator<Segment, Transfer> {
    private static final long serialVersionUID = 1L;

    private final TransferOptions options;
    private final Routing routing;

    @SuppressWarnings("NullAway.Init")
    private transient Sender sender;

    private transient @Nullable Router router;
    private transient int receivers;

    public SendOperator(TransferOptions options, Routing routing) {
        this.options = options;
        this.routing = routing;
    }

    @Override
    public void open() throws Exception {
        super.open();
        SendCounts counts = new SendCounts(getRuntimeContext());
        if (!isPipelined()) {
            sender = new ValueSender(ByValueReason.EXCHANGE, counts);
            return;
        }
        try {
            sender = openSender(ProcessPools.get(options.poolOptions()), counts);
        } catch (SharedMemoryException e) {
            LOG.warn("Segments are sent by value, since there is no place in the pool: {}", e.getMessage());
            sender = new ValueSender(ByValueReason.NO_POOL, counts);
        }
    }

    @Override
    public void processElement(StreamRecord<Segment> element) throws Exception {
        Router found = router == null ? findReceivers() : router;
        int receiver = found.receiver(element.getValue());
        if (receiver == Router.EVERY_RECEIVER) {
            for (int each = 0; each < receivers; each++) {
                send(element, each);
            }
        } else {
            send(element, receiver);
        }
    }

    @Override
    public void close() throws Exception {
        // Absent if opening failed.
        if (sender != null) {
            sender.close();
        }
        super.close();
    }

    /** Only by sending something does an operator learn how many receivers there are. */
    private Router findReceivers() {
        Transfer greeting = new Transfer(Transfer.Invitation.NONE, 0);
        output.collect(new StreamRecord<>(greeting));
        receivers = greeting.receivers();
        Router made = routing.router(
                getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
                getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
                receivers);
        sender.invite(receivers, made, invitation -> output.collect(new StreamRecord<>(invitation)));
        router = made;
        return made;
    }

    private void send(StreamRecord<Segment> element, int receiver) throws InterruptedException {
        Content content = sender.content(element.getValue(), receiver);
        Transfer transfer = new Transfer(content, receiver);
        output.collect(
                element.hasTimestamp()
                        ? new StreamRecord<>(transfer, element.getTimestamp())
                        : new StreamRecord<>(transfer));
        sender.sent(receiver);
    }

    private Sender openSender(SharedMemoryPool pool, SendCounts counts) {
        int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        long creditBytes = options.creditBytes(pool, parallelism);
        Environment environment = getContainingTask().getEnvironment();
        BoundedWait wait = new BoundedWait(
                environment.getMetricGroup().getIOMetricGroup().getHardBackPressuredTimePerSecond(),
                counts::waited,
                this::flush);
        return new ReferenceSender(
                options, pool, AttemptEpoch.open(pool, getRuntimeContext()), creditBytes, wait, counts);
    }

    /** Only what is read exactly once may carry references. */
    private boolean isPipelined() {
        return getOperatorConfig().getOperatorNonChainedOutputs(getUserCodeClassloader()).stream()
                .allMatch(edge -> edge.getPartitionType() == ResultPartitionType.PIPELINED_BOUNDED
                        || edge.getPartitionType() == ResultPartitionType.PIPELINED);
    }

    private void flush() {
        for (ResultPartitionWriter writer : getContainingTask().getEnvironment().getAllWriters()) {
            writer.flushAll();
        }
    }
}
