package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.flink.type.Transfer;
import java.util.List;
import org.apache.flink.annotation.Internal;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.io.network.api.writer.ResultPartitionWriter;
import org.apache.flink.runtime.jobgraph.IntermediateDataSetID;
import org.apache.flink.streaming.api.graph.NonChainedOutput;
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

    @SuppressWarnings("NullAway.Init")
    private transient BoundedWait wait;

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
        Environment environment = getContainingTask().getEnvironment();
        wait = new BoundedWait(
                environment.getMetricGroup().getIOMetricGroup().getHardBackPressuredTimePerSecond(),
                counts::countWait,
                this::flush);
        sender = PipelinedEdges.contain(edge()) ? openSender(counts) : new ValueSender(ByValueReason.EXCHANGE, counts);
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
        receivers = writer(edge()).getNumberOfSubpartitions();
        Router made = routing.router(
                getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
                getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
                receivers);
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
            long creditBytes =
                    options.creditBytes(pool, getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks());
            AttemptEpoch epoch = AttemptEpoch.open(pool, getRuntimeContext());
            return new ReferenceSender(options, pool, epoch, creditBytes, wait, counts);
        } catch (SharedMemoryException e) {
            LOG.warn("Segments are sent by value, since there is no place in the pool: {}", e.getMessage());
            return new ValueSender(ByValueReason.NO_POOL, counts);
        }
    }

    /** The edge behind this operator, which has no other output. */
    private NonChainedOutput edge() {
        List<NonChainedOutput> outputs = getOperatorConfig().getOperatorNonChainedOutputs(getUserCodeClassloader());
        if (outputs.size() != 1) {
            throw new IllegalStateException(outputs.size() + " edges behind a sending operator, allowed is one");
        }
        return outputs.get(0);
    }

    /** What the edge writes into; a task has one for each of its edges. */
    private ResultPartitionWriter writer(NonChainedOutput edge) {
        for (ResultPartitionWriter writer : getContainingTask().getEnvironment().getAllWriters()) {
            IntermediateDataSetID written =
                    writer.getPartitionId().getPartitionId().getIntermediateDataSetID();
            if (written.equals(edge.getDataSetId())) {
                return writer;
            }
        }
        throw new IllegalStateException("the task has no result partition for the edge " + edge.getDataSetId());
    }

    private void flush() {
        for (ResultPartitionWriter writer : getContainingTask().getEnvironment().getAllWriters()) {
            writer.flushAll();
        }
    }
}
