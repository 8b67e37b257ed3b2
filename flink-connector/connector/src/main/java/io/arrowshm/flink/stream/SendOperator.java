package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.flink.internals.OperatorEdge;
import io.arrowshm.flink.internals.PreparedOperator;
import io.arrowshm.flink.type.Transfer;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.functions.RuntimeContext;
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
public final class SendOperator extends PreparedOperator<Transfer>
        implements OneInputStreamOperator<Segment, Transfer> {
    private static final long serialVersionUID = 1L;

    private final TransferOptions options;
    private final Routing routing;

    @SuppressWarnings("NullAway.Init")
    private transient OperatorEdge edge;

    @SuppressWarnings("NullAway.Init")
    private transient Sender sender;

    @SuppressWarnings("NullAway.Init")
    private transient BoundedWait wait;

    private transient @Nullable Router router;
    private transient int receivers;

    public SendOperator(TransferOptions options, Routing routing) {
        this.options = options;
        this.routing = routing;
    }

    @Override
    protected void prepare() {
        if (OperatorEdge.behind(this).isPipelined()) {
            ProcessPools.openAhead(options.poolOptions());
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        SendCounts counts = new SendCounts(getRuntimeContext());
        edge = OperatorEdge.behind(this);
        wait = new BoundedWait(edge.backPressure(), counts::countWait, edge::flush);
        sender = edge.isPipelined() ? openSender(counts) : new ValueSender(ByValueReason.EXCHANGE, counts);
    }

    @Override
    public void processElement(StreamRecord<Segment> element) throws Exception {
        Router found = router == null ? inviteReceivers() : router;
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

    /** With the first segment, not earlier: from then on it counts how long the receivers take to join. */
    private Router inviteReceivers() {
        receivers = edge.receivers();
        Router made =
                routing.router(taskInfo().getIndexOfThisSubtask(), taskInfo().getNumberOfParallelSubtasks(), receivers);
        for (Transfer invitation : sender.invitations(receivers, made)) {
            output.collect(new StreamRecord<>(invitation));
        }
        router = made;
        return made;
    }

    private void send(StreamRecord<Segment> element, int receiver) throws InterruptedException {
        Transfer transfer = sender.prepare(element.getValue(), receiver);
        output.collect(
                element.hasTimestamp()
                        ? new StreamRecord<>(transfer, element.getTimestamp())
                        : new StreamRecord<>(transfer));
        wait.flushIfDue();
    }

    private Sender openSender(SendCounts counts) {
        try {
            SharedMemoryPool pool = ProcessPools.get(options.poolOptions());
            long creditBytes = options.creditBytes(pool, taskInfo().getNumberOfParallelSubtasks());
            AttemptEpoch epoch = AttemptEpoch.open(pool, getRuntimeContext());
            return new ReferenceSender(options, pool, epoch, creditBytes, wait, counts);
        } catch (SharedMemoryException e) {
            LOG.warn("Segments are sent by value, since there is no place in the pool: {}", e.getMessage());
            return new ValueSender(ByValueReason.NO_POOL, counts);
        }
    }

    private TaskInfo taskInfo() {
        RuntimeContext context = getRuntimeContext();
        return context.getTaskInfo();
    }
}
