package io.arrowshm.flink.sink;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.DatasetBuilder;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.stream.ProcessPools;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;

/**
 * Keeps the segments of a subtask, and stages them as one dataset for each checkpoint. It has no state: that it says so is
 * how it learns which checkpoints there are. On the task's thread.
 */
@Internal
public final class DatasetWriter
        implements CommittingSinkWriter<Segment, StagedDataset>, StatefulSinkWriter<Segment, StagedDataset> {
    private static final int ATTEMPT_CHARACTERS = 8;

    private final SinkOptions options;
    private final SharedMemoryPool pool;
    private final Datasets datasets;
    private final SinkNames names;
    private final KeptSegments kept;
    private final int subtask;
    // What an attempt stages that is not known to have ended must not get into what this one stages.
    private final String attempt = UUID.randomUUID().toString().substring(0, ATTEMPT_CHARACTERS);
    private final Counter records;
    private final Counter bytes;
    private long lastCheckpoint;

    /**
     * Deletes what earlier attempts have staged and no checkpoint covers.
     *
     * @param restoredCheckpoint that the job goes on from; empty if it starts afresh
     * @throws SharedMemoryException EXISTS if there are datasets of another run; ARGUMENT if there can be no such name
     */
    DatasetWriter(SinkOptions options, TaskInfo task, OptionalLong restoredCheckpoint, SinkWriterMetricGroup metrics) {
        this.options = options;
        pool = ProcessPools.get(options.poolOptions());
        datasets = Datasets.of(pool);
        names = new SinkNames(options.name());
        kept = new KeptSegments(pool, options.fullPoolTimeout());
        records = metrics.getNumRecordsSendCounter();
        bytes = metrics.getNumBytesSendCounter();
        subtask = task.getIndexOfThisSubtask();
        lastCheckpoint = restoredCheckpoint.orElse(0);
        if (restoredCheckpoint.isEmpty() && task.getAttemptNumber() == 0) {
            checkNew();
        }
        for (DatasetInfo staged : datasets.list(names.stagingArea())) {
            if (names.isLeftOver(staged.name(), subtask, task.getNumberOfParallelSubtasks(), lastCheckpoint)) {
                datasets.delete(staged.name());
            }
        }
    }

    @Override
    public void write(Segment segment, Context context) throws InterruptedException {
        kept.add(segment);
        records.inc();
        bytes.inc(segment.length());
    }

    /** Whatever is kept is in shared memory already. */
    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public Collection<StagedDataset> prepareCommit() throws InterruptedException {
        if (kept.isEmpty()) {
            return List.of();
        }
        // The checkpoint's number or, where some were given up before they came here, a lower one.
        long number = lastCheckpoint + 1;
        StagedDataset staged =
                new StagedDataset(pool.id(), names.staged(number, subtask, attempt), names.committed(number, subtask));
        stage(staged.stagingName());
        kept.close();
        return List.of(staged);
    }

    @Override
    public List<StagedDataset> snapshotState(long checkpoint) {
        lastCheckpoint = checkpoint;
        return List.of();
    }

    @Override
    public void close() {
        kept.close();
    }

    private void checkNew() {
        for (DatasetInfo info : datasets.list(options.name())) {
            if (names.isCommitted(info.name(), subtask)) {
                throw new SharedMemoryException(
                        Kind.EXISTS,
                        "the job starts afresh, and there is the dataset " + info.name()
                                + " of another run; give the sink another name, delete what lies below "
                                + options.name()
                                + ", or start the job from its checkpoint");
            }
        }
    }

    private void stage(String name) {
        DatasetBuilder dataset = datasets.create(name).attributes(options.attributes());
        AtomicInteger index = new AtomicInteger();
        kept.forEach(segment -> dataset.add(String.format(Locale.ROOT, "%08d", index.getAndIncrement()), segment));
        dataset.publishPersistent();
    }
}
