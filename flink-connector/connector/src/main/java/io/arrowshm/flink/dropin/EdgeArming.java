package io.arrowshm.flink.dropin;

import io.arrowshm.Epoch;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.flink.stream.BoundedWait;
import io.arrowshm.flink.stream.PipelinedEdges;
import io.arrowshm.flink.stream.TransferOptions;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.core.io.IOReadableWritable;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.io.network.api.writer.ChannelSelectorRecordWriter;
import org.apache.flink.runtime.io.network.api.writer.RecordWriter;
import org.apache.flink.runtime.io.network.api.writer.RecordWriterDelegate;
import org.apache.flink.runtime.jobgraph.JobType;
import org.apache.flink.streaming.api.graph.NonChainedOutput;
import org.apache.flink.streaming.runtime.tasks.StreamTask;

/**
 * Finds the edges of a task on which what is written is read exactly once, by one known receiver, in this run of the job;
 * and lets references be written there.
 */
final class EdgeArming {
    private EdgeArming() {}

    /** Arms the edges of a task, on its thread and while none of its records is being sent further down. */
    static void arm(StreamTask<?, ?> task, TaskExchange exchange) throws ReflectiveOperationException {
        Environment environment = task.getEnvironment();
        // Channel state of an unaligned checkpoint is read again by later attempts. Flink's own question for it is new
        // in 2.2.
        if (environment.getJobType() != JobType.STREAMING
                || environment.getJobConfiguration().get(CheckpointingOptions.ENABLE_UNALIGNED)) {
            return;
        }
        List<NonChainedOutput> outputs =
                task.getConfiguration().getVertexNonChainedOutputs(task.getUserCodeClassLoader());
        DropInCounts counts = null;
        RecordWriterDelegate<?> writers = FlinkRuntime.recordWriters(task);
        for (int i = 0; i < outputs.size(); i++) {
            RecordWriter<?> writer = writers.getRecordWriter(i);
            // Those of broadcast edges and of adaptive ones are of other classes.
            if (PipelinedEdges.contain(outputs.get(i)) && writer instanceof ChannelSelectorRecordWriter<?> unicast) {
                counts = counts == null ? counts(environment) : counts;
                arm(unicast, environment, exchange, counts);
            }
        }
    }

    private static DropInCounts counts(Environment environment) {
        return new DropInCounts(environment.getAccumulatorRegistry().getUserMap(), environment.getMetricGroup());
    }

    private static <T extends IOReadableWritable> void arm(
            ChannelSelectorRecordWriter<T> writer, Environment environment, TaskExchange exchange, DropInCounts counts)
            throws ReflectiveOperationException {
        Epoch epoch = exchange.epoch();
        SharedMemoryPool pool = exchange.pool();
        TransferOptions options = exchange.options();
        if (epoch == null
                || pool == null
                || options == null
                || writer.getChannelSelector().isBroadcast()) {
            return;
        }
        int receivers = writer.getNumberOfSubpartitions();
        int senders = environment.getTaskInfo().getNumberOfParallelSubtasks();
        EdgeSender sender = new EdgeSender(
                pool,
                epoch,
                options,
                receivers,
                options.creditBytes(pool, senders) / receivers,
                new BoundedWait(
                        environment.getMetricGroup().getIOMetricGroup().getHardBackPressuredTimePerSecond(),
                        counts::countWait,
                        writer::flushAll),
                counts);
        EdgeOutput output = new EdgeOutput(sender);
        FlinkRuntime.replace(writer, new ArmingSelector<>(writer.getChannelSelector(), output), output);
    }
}
