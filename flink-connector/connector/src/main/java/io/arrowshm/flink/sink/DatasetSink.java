package io.arrowshm.flink.sink;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.flink.internals.Installation;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.annotation.Internal;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Publishes the segments that it gets: of each subtask and checkpoint one persistent dataset, {@code
 * <name>/<checkpoint>-<subtask>}, both with leading zeros, and in it the segments as {@code 00000000} and so on, in the
 * order in which they came. Readers see it when the checkpoint is complete, or when a job without checkpoints ends, and
 * exactly once. Whoever reads datasets deletes them.
 *
 * <p>Segments of the pool get their name where they lie, also if they have others. Those of private memory or another pool,
 * and those that are shared for writing, are copied into it.
 *
 * <p>What is kept for the next checkpoint takes room in the pool, in a streaming job without checkpoints until its end.
 * If the pool is full a copy waits, and then the job fails with an error that says so (FULL).
 *
 * <p>A name belongs to one job. A job that starts afresh is refused if it has published below that name before (EXISTS). What
 * was staged and never committed is deleted when the job, or another one with that name, is started again. Going back
 * behind the latest checkpoint publishes again what came since, in place of what is there.
 */
@PublicEvolving
public final class DatasetSink
        implements Sink<Segment>, SupportsCommitter<StagedDataset>, SupportsWriterState<Segment, StagedDataset> {
    private static final long serialVersionUID = 1L;
    private static final Duration FULL_POOL_TIMEOUT = Duration.ofSeconds(10);

    private final SinkOptions options;

    private DatasetSink(SinkOptions options) {
        this.options = options;
    }

    /**
     * A sink whose datasets lie below a name.
     *
     * @param name of at most 14 parts and 200 bytes, counted as {@link io.arrowshm.dataset.Datasets} says
     * @throws io.arrowshm.error.SharedMemoryException ARGUMENT if it is longer, or no name
     * @throws IllegalStateException if the connector is in the job's jar, and not in Flink's lib/ alone
     */
    public static DatasetSink to(PoolOptions poolOptions, String name) {
        Installation.check();
        SinkNames.check(name);
        return new DatasetSink(new SinkOptions(poolOptions, name, new LinkedHashMap<>(), FULL_POOL_TIMEOUT));
    }

    /** Gives each dataset attributes: serializable values as {@link io.arrowshm.dataset.DatasetBuilder} takes them. */
    public DatasetSink withAttributes(Map<String, ?> attributes) {
        return new DatasetSink(new SinkOptions(
                options.poolOptions(), options.name(), new LinkedHashMap<>(attributes), options.fullPoolTimeout()));
    }

    /** How long a copy waits for room in a full pool before the job fails; ten seconds by default. */
    public DatasetSink withFullPoolTimeout(Duration timeout) {
        return new DatasetSink(new SinkOptions(options.poolOptions(), options.name(), options.attributes(), timeout));
    }

    @Internal
    @Override
    public DatasetWriter createWriter(WriterInitContext context) {
        return new DatasetWriter(
                options, context.getTaskInfo(), context.getRestoredCheckpointId(), context.metricGroup());
    }

    @Internal
    @Override
    public DatasetWriter restoreWriter(WriterInitContext context, Collection<StagedDataset> noState) {
        return createWriter(context);
    }

    @Internal
    @Override
    public SimpleVersionedSerializer<StagedDataset> getWriterStateSerializer() {
        return StagedDatasetSerializer.INSTANCE;
    }

    @Internal
    @Override
    public Committer<StagedDataset> createCommitter(CommitterInitContext context) {
        return new DatasetCommitter(options.poolOptions());
    }

    @Internal
    @Override
    public SimpleVersionedSerializer<StagedDataset> getCommittableSerializer() {
        return StagedDatasetSerializer.INSTANCE;
    }
}
