package io.arrowshm.dataset;

import io.arrowshm.dataset.DatasetEvent.Kind;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.names.DatasetPaths;
import io.arrowshm.internal.names.Manifest;
import io.arrowshm.internal.names.Names;
import io.arrowshm.internal.names.NamesAccess;
import io.arrowshm.internal.names.NamesWatch;
import io.arrowshm.internal.names.NamesWatch.Changes;
import io.arrowshm.internal.secrets.Secrets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells what happens to datasets, as it happens and without polling. It begins with all that are there, so that nothing is
 * missed between looking and watching. Whoever reads slower than others publish is told of the latest state: of some
 * publications nothing, of the last one always. One thread.
 */
public final class DatasetWatch implements AutoCloseable {
    // How soon a wait ends once the pool was closed by another thread, or the time is over.
    private static final long SLICE_NANOS = 100_000_000;

    static {
        Secrets.leaveWatches(DatasetWatch::new);
    }

    private final NamesAccess names;
    private final String prefix;
    private final NamesWatch watch;
    private final Map<String, Publication> known = new HashMap<>();
    private final Deque<DatasetEvent> events = new ArrayDeque<>();

    private record Publication(long id, long revision) {}

    DatasetWatch(NamesAccess names, String prefix) {
        this.names = names;
        this.prefix = prefix;
        watch = names.with(Names::watch);
        boolean looked = false;
        try {
            look(list());
            looked = true;
        } finally {
            if (!looked) {
                watch.close();
            }
        }
    }

    /**
     * The next event, which is waited for.
     *
     * @throws SharedMemoryException CLOSED once the pool is closed, ABSENT once it was removed
     */
    public DatasetEvent next() throws InterruptedException {
        while (true) {
            Optional<DatasetEvent> event = next(Duration.ofNanos(SLICE_NANOS));
            if (event.isPresent()) {
                return event.get();
            }
        }
    }

    /**
     * The next event, empty if there is none within the time.
     *
     * @throws SharedMemoryException CLOSED once the pool is closed, ABSENT once it was removed
     */
    public Optional<DatasetEvent> next(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (events.isEmpty()) {
            long left = deadline - System.nanoTime();
            Changes changes = watch.await(Math.min(left, SLICE_NANOS));
            if (changes.all()) {
                Set<String> all = new LinkedHashSet<>(known.keySet());
                all.addAll(list());
                look(all);
            } else {
                look(changes.names());
            }
            if (left <= 0) {
                break;
            }
        }
        return Optional.ofNullable(events.poll());
    }

    /** Ends watching. Idempotent. */
    @Override
    public void close() {
        watch.close();
    }

    /** Tells of what differs from what is known of these. Also of none: the pool may have been closed. */
    private void look(Collection<String> some) {
        Map<String, @Nullable Publication> before = new LinkedHashMap<>();
        read(some, before);
        if (before.keySet().stream().anyMatch(name -> isGone(name, before))) {
            // Perhaps renamed: then the new name is there, whether or not that was told yet.
            read(list(), before);
        }
        // Only now, since others go on: what the first reading saw come or go may have gone or come back by the second.
        Map<String, Publication> gone = new LinkedHashMap<>();
        before.forEach((name, publication) -> {
            if (publication != null && isGone(name, before)) {
                gone.put(name, publication);
            }
        });
        before.forEach((name, old) -> {
            Publication now = known.get(name);
            if (now != null && !now.equals(old)) {
                Optional<String> oldName = gone.entrySet().stream()
                        .filter(entry -> entry.getValue().equals(now))
                        .map(Map.Entry::getKey)
                        .findFirst();
                oldName.ifPresent(gone::remove);
                add(oldName.isPresent() ? Kind.RENAMED : Kind.PUBLISHED, name, oldName.orElse(null), now);
            }
        });
        gone.forEach((name, publication) -> add(Kind.REMOVED, name, null, publication));
    }

    private boolean isGone(String name, Map<String, @Nullable Publication> before) {
        return before.get(name) != null && !known.containsKey(name);
    }

    /** Brings what is known of these names up to date; what was known of each first stays in {@code before}. */
    private void read(Collection<String> some, Map<String, @Nullable Publication> before) {
        names.with(open -> {
            for (String name : some) {
                Publication now = DatasetPaths.isWithin(prefix, name) ? read(open, name) : null;
                Publication old = now == null ? known.remove(name) : known.put(name, now);
                // A name that was new stays new, so null is a value here.
                if (!before.containsKey(name)) {
                    before.put(name, old);
                }
            }
            return true;
        });
    }

    /** Null if there is none, or none that can be read. */
    private static @Nullable Publication read(Names names, String name) {
        try {
            Manifest manifest = names.read(name);
            return manifest == null ? null : new Publication(manifest.id(), manifest.revision());
        } catch (SharedMemoryException e) {
            Names.requireDamage(e);
            return null;
        }
    }

    private List<String> list() {
        try {
            return names.with(Names::list);
        } catch (SharedMemoryException e) {
            if (e.kind() != SharedMemoryException.Kind.ABSENT) {
                throw e;
            }
            // The pool is being removed: all are gone, and the next look at the directory says why.
            return List.of();
        }
    }

    private void add(Kind kind, String name, @Nullable String oldName, Publication publication) {
        events.add(new DatasetEvent(kind, name, oldName, publication.id, publication.revision));
    }
}
