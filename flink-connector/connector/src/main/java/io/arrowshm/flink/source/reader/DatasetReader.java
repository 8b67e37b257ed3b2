package io.arrowshm.flink.source.reader;

import io.arrowshm.flink.source.split.DatasetSplit;
import io.arrowshm.flink.source.split.SplitsRead;
import io.arrowshm.flink.stream.ProcessPools;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Reads splits in the order in which they came, one after the other, but for those that are paused. There is nothing to
 * fetch, so there is no second thread and nothing that would have to be woken up: each call reads some rows where they
 * lie. A split is held from when it is added until it is read. One thread.
 */
@Internal
public final class DatasetReader<T> implements SourceReader<T, DatasetSplit> {
    private final SourceReaderContext context;
    private final ReadOptions<T> options;
    private final Counter records;
    private final Map<String, OpenSplit> open = new LinkedHashMap<>();
    private final Set<String> paused = new HashSet<>();
    // Of which the enumerator does not know yet: in the state until it does.
    private final Map<String, DatasetSplit> read = new LinkedHashMap<>();
    private final NavigableMap<Long, List<String>> readByCheckpoint = new TreeMap<>();
    private CompletableFuture<Void> available = new CompletableFuture<>();
    private boolean noMoreSplits;

    public DatasetReader(SourceReaderContext context, ReadOptions<T> options) {
        this.context = context;
        this.options = options;
        records = context.metricGroup().getIOMetricGroup().getNumRecordsInCounter();
    }

    @Override
    public void start() {}

    @Override
    public void addSplits(List<DatasetSplit> splits) {
        for (DatasetSplit split : splits) {
            if (!split.isRead()) {
                open.put(
                        split.splitId(),
                        OpenSplit.open(ProcessPools.get(options.poolOptions()), split, options.wholeSegments()));
            } else if (options.reportsRead()) {
                read.put(split.splitId(), split);
            }
        }
        available.complete(null);
    }

    @Override
    public void notifyNoMoreSplits() {
        noMoreSplits = true;
        available.complete(null);
    }

    @Override
    public InputStatus pollNext(ReaderOutput<T> output) throws Exception {
        OpenSplit split = next();
        if (split == null) {
            return nothing();
        }
        String id = split.split().splitId();
        split.readNext(options.rowsReader(), options.rowsPerRecord(), new Emitter(output.createOutputForSplit(id)));
        if (split.split().isRead()) {
            output.releaseOutputForSplit(id);
            finish(id);
        }
        return next() == null ? nothing() : InputStatus.MORE_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return available;
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> splitsToPause, Collection<String> splitsToResume) {
        paused.addAll(splitsToPause);
        paused.removeAll(splitsToResume);
        available.complete(null);
    }

    @Override
    public List<DatasetSplit> snapshotState(long checkpoint) {
        List<DatasetSplit> state = new ArrayList<>(read.values());
        open.values().forEach(split -> state.add(split.split()));
        if (!read.isEmpty()) {
            readByCheckpoint.put(checkpoint, List.copyOf(read.keySet()));
        }
        return state;
    }

    /** Only now it is sure that no restart reads them again. */
    @Override
    public void notifyCheckpointComplete(long checkpoint) {
        Map.Entry<Long, List<String>> covered = readByCheckpoint.floorEntry(checkpoint);
        if (covered != null) {
            context.sendSourceEventToCoordinator(new SplitsRead(covered.getValue()));
            readByCheckpoint.headMap(checkpoint, true).clear();
        }
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
        if (event instanceof SplitsRead noted) {
            noted.splitIds().forEach(read::remove);
        }
    }

    @Override
    public void close() {
        open.values().forEach(OpenSplit::close);
        open.clear();
    }

    private @Nullable OpenSplit next() {
        for (OpenSplit split : open.values()) {
            if (!paused.contains(split.split().splitId())) {
                return split;
            }
        }
        return null;
    }

    private InputStatus nothing() {
        if (noMoreSplits && open.isEmpty()) {
            return InputStatus.END_OF_INPUT;
        }
        // Whoever adds or resumes a split does so on this thread, so nothing is missed in between.
        if (available.isDone()) {
            available = new CompletableFuture<>();
        }
        return InputStatus.NOTHING_AVAILABLE;
    }

    private void finish(String id) {
        try (OpenSplit split = open.remove(id)) {
            paused.remove(id);
            if (options.reportsRead() && split != null) {
                read.put(id, split.split());
            }
        }
    }

    /** To the output of a split. */
    private final class Emitter implements Collector<T> {
        private final SourceOutput<T> output;

        Emitter(SourceOutput<T> output) {
            this.output = output;
        }

        @Override
        public void collect(T element) {
            records.inc();
            output.collect(element);
        }

        @Override
        public void close() {}
    }
}
