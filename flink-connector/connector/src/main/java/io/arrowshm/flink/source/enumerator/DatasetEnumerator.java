package io.arrowshm.flink.source.enumerator;

import io.arrowshm.flink.source.enumerator.Discovery.Found;
import io.arrowshm.flink.source.split.DatasetSplit;
import io.arrowshm.flink.source.split.SplitsRead;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.flink.util.FlinkRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Gives each split to a reader as soon as it is found, in turn: a reader holds what it has got, so that a dataset whose
 * name is removed is read to its end. Nothing waits to be asked for. On the coordinator's thread, but for looking at the
 * pool.
 */
@Internal
public final class DatasetEnumerator implements SplitEnumerator<DatasetSplit, EnumeratorState> {
    private final SplitEnumeratorContext<DatasetSplit> context;
    private final Selection selection;
    private final Discovery discovery;
    private final Map<Publication, Set<String>> unread = new LinkedHashMap<>();
    private final Map<Integer, List<DatasetSplit>> pending = new TreeMap<>();
    // Read by the thread that looks at the pool.
    private volatile Set<Publication> known;
    private boolean discovered;
    private int nextReader;

    public DatasetEnumerator(
            SplitEnumeratorContext<DatasetSplit> context, Selection selection, @Nullable EnumeratorState restored) {
        this.context = context;
        this.selection = selection;
        discovery = new Discovery(selection);
        EnumeratorState state = restored == null ? EnumeratorState.initial() : restored;
        discovered = state.discovered();
        unread.putAll(state.unread());
        known = Set.copyOf(unread.keySet());
        distribute(state.pending());
    }

    @Override
    public void start() {
        int parallelism = context.currentParallelism();
        if (selection.discoveryInterval() != null) {
            context.callAsync(
                    () -> discovery.find(known, parallelism),
                    this::found,
                    0,
                    selection.discoveryInterval().toMillis());
        } else if (!discovered) {
            context.callAsync(() -> discovery.find(known, parallelism), this::found);
        }
    }

    @Override
    public void addReader(int reader) {
        assign(reader);
    }

    /** Readers do not ask. */
    @Override
    public void handleSplitRequest(int reader, @Nullable String host) {}

    /** What a reader had got since the checkpoint that it goes back to; it comes again. */
    @Override
    public void addSplitsBack(List<DatasetSplit> splits, int reader) {
        if (!splits.isEmpty()) {
            pendingOf(reader).addAll(splits);
            assignIfRegistered(reader);
        }
    }

    @Override
    public void handleSourceEvent(int reader, SourceEvent event) {
        if (event instanceof SplitsRead read) {
            unread.forEach((publication, splits) -> {
                if (splits.removeAll(read.splitIds()) && splits.isEmpty()) {
                    // Here, since at the end of the job no other thread would come to it.
                    discovery.delete(publication);
                }
            });
            // A bounded job's reader may have ended meanwhile, and Flink fails a job when an event does not arrive; all
            // that it has read is not much to keep.
            if (!isBounded() && context.registeredReaders().containsKey(reader)) {
                context.sendEventToSourceReader(reader, read);
            }
        }
    }

    /** Deletes what could not be deleted when it had been read. */
    @Override
    public void notifyCheckpointComplete(long checkpoint) {
        if (selection.deleteWhenRead()) {
            unread.forEach((publication, splits) -> {
                if (splits.isEmpty()) {
                    discovery.delete(publication);
                }
            });
        }
    }

    @Override
    public EnumeratorState snapshotState(long checkpoint) {
        List<DatasetSplit> all = new ArrayList<>();
        pending.values().forEach(all::addAll);
        return new EnumeratorState(discovered, unread, all);
    }

    /** Nothing is held here: the pool is the process's. */
    @Override
    public void close() {}

    private void found(@Nullable Found found, @Nullable Throwable failure) {
        if (failure != null || found == null) {
            throw new FlinkRuntimeException(
                    "the datasets " + selection.name() + " in the pool "
                            + selection.poolOptions().name() + " cannot be read",
                    failure);
        }
        discovered = true;
        // A look that was taken before another one was evaluated finds the same again.
        found.splits().forEach((publication, splits) -> {
            if (!unread.containsKey(publication)) {
                unread.put(publication, tracked(splits));
                distribute(splits);
            }
        });
        // What has no name any more is not found again.
        unread.entrySet()
                .removeIf(entry -> entry.getValue().isEmpty() && !found.all().contains(entry.getKey()));
        known = Set.copyOf(unread.keySet());
        List.copyOf(context.registeredReaders().keySet()).forEach(this::assign);
    }

    private Set<String> tracked(List<DatasetSplit> splits) {
        Set<String> ids = new LinkedHashSet<>();
        if (selection.deleteWhenRead()) {
            splits.forEach(split -> ids.add(split.splitId()));
        }
        return ids;
    }

    private void distribute(List<DatasetSplit> splits) {
        for (DatasetSplit split : splits) {
            pendingOf(nextReader).add(split);
            nextReader = (nextReader + 1) % context.currentParallelism();
        }
    }

    private List<DatasetSplit> pendingOf(int reader) {
        return pending.computeIfAbsent(reader, index -> new ArrayList<>());
    }

    private boolean isBounded() {
        return selection.discoveryInterval() == null;
    }

    private void assignIfRegistered(int reader) {
        if (context.registeredReaders().containsKey(reader)) {
            assign(reader);
        }
    }

    private void assign(int reader) {
        List<DatasetSplit> splits = pending.remove(reader);
        if (splits != null) {
            context.assignSplits(new SplitsAssignment<>(Map.of(reader, splits)));
        }
        if (discovered && isBounded()) {
            context.signalNoMoreSplits(reader);
        }
    }
}
