package io.arrowshm.flink.source;

import io.arrowshm.PoolOptions;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.internals.Installation;
import io.arrowshm.flink.source.enumerator.Selection;
import io.arrowshm.flink.source.enumerator.SplitPolicy;
import io.arrowshm.flink.source.reader.ReadOptions;
import io.arrowshm.flink.source.reader.RowsReader;
import java.time.Duration;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/** Puts a {@link DatasetSource} together. One thread. */
@PublicEvolving
public final class DatasetSourceBuilder<T> {
    private static final long DEFAULT_ROWS_PER_RECORD = 1024;

    private final PoolOptions poolOptions;
    private final RowsReader<T> reader;
    private final TypeInformation<T> type;
    private final boolean wholeSegments;
    private @Nullable String name;
    private boolean below;
    private String path = "";
    private SplitPolicy policy = SplitPolicy.byParallelism();
    private @Nullable Duration discoveryInterval;
    private boolean deleteWhenRead;
    private long rowsPerRecord = DEFAULT_ROWS_PER_RECORD;

    DatasetSourceBuilder(
            PoolOptions poolOptions, RowsReader<T> reader, TypeInformation<T> type, boolean wholeSegments) {
        Installation.check();
        this.poolOptions = poolOptions;
        this.reader = reader;
        this.type = type;
        this.wholeSegments = wholeSegments;
    }

    /** Reads one dataset, which must be there when the job starts. */
    public DatasetSourceBuilder<T> setDataset(String newName) {
        name = newName;
        below = false;
        return this;
    }

    /**
     * Reads the dataset of that name and all below it, each reader in the order of their names; damaged ones are left out
     * with a warning. Without {@link #setDiscoveryInterval} those that are there when the job starts.
     */
    public DatasetSourceBuilder<T> setDatasetsBelow(String prefix) {
        name = prefix;
        below = true;
        return this;
    }

    /** Reads of each dataset that segment, or all segments in that group; one of them must be there. By default all. */
    public DatasetSourceBuilder<T> setPath(String newPath) {
        path = newPath;
        return this;
    }

    /** How segments are cut into splits; {@link SplitPolicy#byParallelism()} by default. */
    public DatasetSourceBuilder<T> setSplitPolicy(SplitPolicy newPolicy) {
        policy = newPolicy;
        return this;
    }

    /** Goes on for ever, looking for new datasets at that interval. A dataset that is overwritten counts as a new one. */
    public DatasetSourceBuilder<T> setDiscoveryInterval(Duration interval) {
        check(interval.toMillis() >= 1, "discovery interval=" + interval + ", allowed 1 ms and above");
        discoveryInterval = interval;
        return this;
    }

    /**
     * Deletes each dataset once a completed checkpoint says that all of it was read: until then its name holds it, for
     * restarts. Going back further than to the latest checkpoint finds datasets missing; without checkpoints nothing is
     * deleted. One job only may read such datasets. Not by default.
     */
    public DatasetSourceBuilder<T> setDeleteWhenRead(boolean newDeleteWhenRead) {
        deleteWhenRead = newDeleteWhenRead;
        return this;
    }

    /** How many rows a function gets at once, at most; 1024 by default. Those of one call are of one record batch. */
    public DatasetSourceBuilder<T> setRowsPerRecord(long rows) {
        check(rows >= 1, "rows per record=" + rows + ", allowed 1 and above");
        rowsPerRecord = rows;
        return this;
    }

    /** @throws SharedMemoryException ARGUMENT if it was not said which datasets are to be read */
    public DatasetSource<T> build() {
        if (name == null) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, "no dataset was given to the source; call setDataset or setDatasetsBelow");
        }
        return new DatasetSource<>(
                new Selection(poolOptions, name, below, path, wholeSegments, policy, discoveryInterval, deleteWhenRead),
                new ReadOptions<>(poolOptions, reader, rowsPerRecord, wholeSegments, deleteWhenRead),
                type);
    }

    private static void check(boolean condition, String message) {
        if (!condition) {
            throw new SharedMemoryException(Kind.ARGUMENT, message);
        }
    }
}
