package io.arrowshm.flink.internals;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.accumulators.Accumulator;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.io.network.api.writer.ChannelSelectorRecordWriter;
import org.apache.flink.runtime.io.network.api.writer.RecordWriterDelegate;
import org.apache.flink.runtime.jobgraph.JobType;
import org.apache.flink.runtime.taskmanager.Task;
import org.apache.flink.streaming.api.graph.NonChainedOutput;
import org.apache.flink.streaming.runtime.tasks.StreamTask;
import org.jspecify.annotations.Nullable;

/**
 * The task that a thread runs, in jobs without an operator of ours that could be asked. Written for Flink 2.0 to 2.3;
 * what looks at fields throws {@link ReflectiveOperationException} or {@link java.lang.reflect.InaccessibleObjectException} if
 * something is not as it is there. One thread, that of the task.
 */
@Internal
public final class RunningTask {
    private final Task task;
    private final @Nullable StreamTask<?, ?> streamTask;

    private RunningTask(Task task, @Nullable StreamTask<?, ?> streamTask) {
        this.task = task;
        this.streamTask = streamTask;
    }

    /** That of the calling thread; null if it is no task's own thread. */
    public static @Nullable RunningTask ofThisThread() throws ReflectiveOperationException {
        if (!(runnable(Thread.currentThread()) instanceof Task task)) {
            return null;
        }
        Object invokable = Fields.get(Task.class, "invokable", task);
        return new RunningTask(task, invokable instanceof StreamTask<?, ?> streamTask ? streamTask : null);
    }

    private static @Nullable Object runnable(Thread thread) throws ReflectiveOperationException {
        if (Runtime.version().feature() < 19) {
            return Fields.get(Thread.class, "target", thread);
        }
        Object holder = Fields.get(Thread.class, "holder", thread);
        return holder == null ? null : Fields.get(holder.getClass(), "task", holder);
    }

    /** False as long as it is being made, and if it is not a streaming task; then it has only a name. */
    public boolean isStreaming() {
        return streamTask != null;
    }

    /** Its name with the number of its subtask, and the id of its attempt. */
    public String name() {
        return task.getTaskInfo().getTaskNameWithSubtasks() + " " + task.getExecutionId();
    }

    /** Has something done when the attempt has terminated. */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
    public void whenTerminated(Runnable action) {
        task.getTerminationFuture().thenRun(action);
    }

    public ReadableConfig taskManagerConfiguration() {
        return environment().getTaskManagerInfo().getConfiguration();
    }

    public int subtasks() {
        return environment().getTaskInfo().getNumberOfParallelSubtasks();
    }

    public Map<String, Accumulator<?, ?>> accumulators() {
        return environment().getAccumulatorRegistry().getUserMap();
    }

    public MetricGroup metrics() {
        return environment().getMetricGroup();
    }

    public BackPressure backPressure() {
        return BackPressure.of(environment());
    }

    /** The edges on which what is written is read exactly once, by one known receiver, in this run of the job. */
    public List<RecordEdge<?>> unicastEdges() throws ReflectiveOperationException {
        // Channel state of an unaligned checkpoint is read again by later attempts. Flink's own question for it is new
        // in 2.2.
        if (environment().getJobType() != JobType.STREAMING
                || environment().getJobConfiguration().get(CheckpointingOptions.ENABLE_UNALIGNED)) {
            return List.of();
        }
        List<NonChainedOutput> outputs = streamTask()
                .getConfiguration()
                .getVertexNonChainedOutputs(streamTask().getUserCodeClassLoader());
        List<RecordEdge<?>> edges = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            // The writers of broadcast edges and of adaptive ones are of other classes.
            if (OperatorEdge.isPipelined(outputs.get(i))
                    && recordWriters().getRecordWriter(i) instanceof ChannelSelectorRecordWriter<?> writer
                    && !writer.getChannelSelector().isBroadcast()) {
                edges.add(new RecordEdge<>(writer));
            }
        }
        return edges;
    }

    /** In the order of the outputs that are not chained. */
    private RecordWriterDelegate<?> recordWriters() throws ReflectiveOperationException {
        if (Fields.get(StreamTask.class, "recordWriter", streamTask()) instanceof RecordWriterDelegate<?> writers) {
            return writers;
        }
        throw new NoSuchFieldException("the task has no record writers");
    }

    private Environment environment() {
        return streamTask().getEnvironment();
    }

    private StreamTask<?, ?> streamTask() {
        return requireNonNull(streamTask, "the task does not run yet");
    }
}
