package io.arrowshm.flink.source;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.flink.source.enumerator.DatasetEnumerator;
import io.arrowshm.flink.source.enumerator.EnumeratorState;
import io.arrowshm.flink.source.enumerator.EnumeratorStateSerializer;
import io.arrowshm.flink.source.enumerator.Selection;
import io.arrowshm.flink.source.reader.DatasetReader;
import io.arrowshm.flink.source.reader.ReadOptions;
import io.arrowshm.flink.source.reader.RowsReader;
import io.arrowshm.flink.source.split.DatasetSplit;
import io.arrowshm.flink.source.split.DatasetSplitSerializer;
import io.arrowshm.flink.type.SegmentTypeInfo;
import org.apache.flink.annotation.Internal;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Reads datasets where they lie, each row exactly once, also after a restart.
 *
 * <pre>{@code
 * DatasetSource<Double> means = DatasetSource.rows(poolOptions, (rows, out) -> out.collect(mean(rows.array())), Types.DOUBLE)
 *         .setDataset("run-42")
 *         .setPath("camera/frames")
 *         .setRowsPerRecord(1)
 *         .build();
 * }</pre>
 *
 * <p>The pool is on the host of the JobManager and of all TaskManagers. A reader holds what it was given until it is read,
 * so removing the name meanwhile disturbs nobody; after a restart what has no name any more is an error
 * (STALE_REFERENCE), and so is what was overwritten.
 */
@PublicEvolving
public final class DatasetSource<T> implements Source<T, DatasetSplit, EnumeratorState>, ResultTypeQueryable<T> {
    private static final long serialVersionUID = 1L;

    private final Selection selection;
    private final ReadOptions<T> options;
    private final TypeInformation<T> type;

    DatasetSource(Selection selection, ReadOptions<T> options, TypeInformation<T> type) {
        this.selection = selection;
        this.options = options;
        this.type = type;
    }

    /**
     * A source of what a function makes of rows: of an array along its first axis, or of record batches.
     *
     * @param type of what the function collects
     */
    public static <T> DatasetSourceBuilder<T> rows(
            PoolOptions poolOptions, RowsReader<T> reader, TypeInformation<T> type) {
        return new DatasetSourceBuilder<>(poolOptions, reader, type, false);
    }

    /**
     * A source of whole segments, also of those without rows. Each is lent to what is chained behind the source, and closed
     * when that returns: to keep one, {@link Segment#retain()} it.
     */
    public static DatasetSourceBuilder<Segment> segments(PoolOptions poolOptions) {
        return new DatasetSourceBuilder<>(
                poolOptions, (rows, out) -> out.collect(rows.segment()), SegmentTypeInfo.of(), true);
    }

    @Override
    public Boundedness getBoundedness() {
        return selection.discoveryInterval() == null ? Boundedness.BOUNDED : Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Internal
    @Override
    public SplitEnumerator<DatasetSplit, EnumeratorState> createEnumerator(
            SplitEnumeratorContext<DatasetSplit> context) {
        return new DatasetEnumerator(context, selection, null);
    }

    @Internal
    @Override
    public SplitEnumerator<DatasetSplit, EnumeratorState> restoreEnumerator(
            SplitEnumeratorContext<DatasetSplit> context, EnumeratorState state) {
        return new DatasetEnumerator(context, selection, state);
    }

    @Internal
    @Override
    public SourceReader<T, DatasetSplit> createReader(SourceReaderContext context) {
        return new DatasetReader<>(context, options);
    }

    @Internal
    @Override
    public SimpleVersionedSerializer<DatasetSplit> getSplitSerializer() {
        return DatasetSplitSerializer.INSTANCE;
    }

    @Internal
    @Override
    public SimpleVersionedSerializer<EnumeratorState> getEnumeratorCheckpointSerializer() {
        return EnumeratorStateSerializer.INSTANCE;
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return type;
    }
}
