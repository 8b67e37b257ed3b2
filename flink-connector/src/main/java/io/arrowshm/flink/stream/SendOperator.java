package io.arrowshm.flink.stream;

import io.arrowshm.flink.type.Transfer;
import io.arrowshm.flink.type.Transfer.Content;
import io.arrowshm.flink.type.Transfer.Value;
import io.arrowshm.shm.Segment;
import io.arrowshm.shm.SharedMemoryPool;
import io.arrowshm.shm.error.SharedMemoryException;
import org.apache.flink.annotation.Internal;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.io.network.api.writer.ResultPartitionWriter;
import org.apache.flink.runtime.io.network.partition.ResultPartitionType;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * In front of an edge: sends each segment by reference if its receiver has joined and there is credit, else by value.
 * Segments are lent to it; whoever made them closes them.
 *
 * <p>Waiting for credit blocks the task for a bounded time, so that a slow receiver slows this task as Flink's own
 * back-pressure does, and is shown as such. When the time is over the segment goes by value, into Flink's own flow
 * control: a checkpoint barrier is never held up for good.
 */
@Internal
public final class SendOperator extends AbstractStreamOperator<Transfer>
        implements OneInputStreamOperator<Segment, Transfer> {
    private static final long serialVersionUID = 1L;
    private static final int CREDIT_PER_POOL = 4;
    private static final long MOST_CREDIT_BYTES = 64L << 20;

    private final TransferOptions options;

    @SuppressWarnings("NullAway.Init")
    private transient SendCounts counts;

    private transient @Nullable Sender sender;
    private transient ByValueReason withoutSender = ByValueReason.NO_POOL;
    private transient int subtask;
    private transient int receivers;
    private transient long records;

    public SendOperator(TransferOptions options) {
        this.options = options;
    }

    @Override
    public void open() throws Exception {
        super.open();
        subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        counts = new SendCounts(getRuntimeContext());
        if (!isPipelined()) {
            withoutSender = ByValueReason.EXCHANGE;
            return;
        }
        withoutSender = ByValueReason.NO_POOL;
        try {
            sender = openSender(ProcessPools.get(options.pool()));
        } catch (SharedMemoryException e) {
            LOG.warn("Segments are sent by value, since there is no place in the pool: {}", e.getMessage());
        }
    }

    @Override
    public void processElement(StreamRecord<Segment> element) throws Exception {
        Segment segment = element.getValue();
        if (sender == null) {
            counts.sentByValue(withoutSender);
            emit(new Value(segment), nextReceiver(), element);
            return;
        }
        if (receivers == 0) {
            sender.invite(subtask, transfer -> output.collect(new StreamRecord<>(transfer)));
            receivers = sender.receivers();
        }
        int receiver = nextReceiver();
        Content content = sender.content(segment, receiver);
        emit(content, receiver, element);
        sender.sent(segment.length());
    }

    @Override
    public void close() throws Exception {
        if (sender != null) {
            sender.close();
        }
        super.close();
    }

    private int nextReceiver() {
        return options.distribution().receiver(records++, subtask, Math.max(receivers, 1));
    }

    private void emit(Content content, int receiver, StreamRecord<Segment> element) {
        Transfer transfer = new Transfer(content, receiver);
        output.collect(
                element.hasTimestamp()
                        ? new StreamRecord<>(transfer, element.getTimestamp())
                        : new StreamRecord<>(transfer));
        receivers = transfer.receivers();
    }

    private Sender openSender(SharedMemoryPool pool) {
        int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        long creditBytes = options.creditBytes() > 0
                ? options.creditBytes() / parallelism
                : Math.min(pool.sizeBytes() / CREDIT_PER_POOL / parallelism, MOST_CREDIT_BYTES);
        Environment environment = getContainingTask().getEnvironment();
        BoundedWait wait = new BoundedWait(
                environment.getMetricGroup().getIOMetricGroup().getHardBackPressuredTimePerSecond(), this::flush);
        return new Sender(
                options,
                pool,
                pool.openEpoch(Attempts.name(getRuntimeContext(), "send")),
                creditBytes,
                wait,
                counts,
                this::flush);
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
