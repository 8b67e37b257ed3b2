package io.arrowshm.load;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetBuilder;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.load.file.NotLoaded;
import io.arrowshm.load.file.UnreadableFileException;
import io.arrowshm.load.internal.Reasons;
import io.arrowshm.load.internal.UnsupportedContentException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What was loaded, which nobody sees before it is published. Closing it gives the memory back of what was not. One thread.
 */
public final class LoadedDataset implements AutoCloseable {
    private static final String TAKEN = "something else has this path, or it is a group as well";

    private final SharedMemoryPool pool;
    private final Map<String, Object> attributes;
    private final Map<String, Map<String, Object>> groups = new LinkedHashMap<>();
    /** Paths of what others lie in. */
    private final Set<String> parents = new HashSet<>();

    private final List<NotLoaded> notLoaded;
    private final Map<Object, Map<String, Segment>> segments = new HashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(Segment segment, Map<String, Object> attributes) {}

    LoadedDataset(
            SharedMemoryPool pool,
            Map<String, Object> attributes,
            Map<String, Map<String, Object>> groups,
            List<NotLoaded> notLoaded) {
        this.pool = pool;
        this.attributes = attributes;
        this.notLoaded = new ArrayList<>(notLoaded);
        groups.forEach((path, values) -> {
            if (checked(path, values)) {
                this.groups.put(path, values);
                addParents(path);
                parents.add(path);
            }
        });
    }

    /** Whether there can be such a path; named if not. */
    private boolean checked(String path, Map<String, Object> values) {
        try {
            builder("checked").group(path, values);
            return true;
        } catch (SharedMemoryException e) {
            refuse(path, e);
            return false;
        }
    }

    private void addParents(String path) {
        for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
            parents.add(path.substring(0, slash));
        }
    }

    /** Names of archives are no tree: one may be the beginning of another. */
    private boolean isInTheWay(String path) {
        boolean isInArray = false;
        for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
            isInArray |= entries.containsKey(path.substring(0, slash));
        }
        return isInArray || parents.contains(path) || entries.containsKey(path);
    }

    void load(LoadPlan.Content content, LongConsumer moved) {
        Object key = LoadPlan.key(content);
        String path = content.path();
        // Before anything is moved.
        if (!checked(path, content.item().attributes())) {
            return;
        }
        if (isInTheWay(path)) {
            refuse(path, new UnsupportedContentException(TAKEN));
            return;
        }
        try {
            Map<String, Segment> parts = segments.get(key);
            if (parts == null) {
                parts = content.item().load(pool, moved);
                segments.put(key, parts);
            }
            Segment whole = parts.get("");
            if (whole != null) {
                add(path, whole, content.item().attributes());
                return;
            }
            groups.put(path, content.item().attributes());
            parents.add(path);
            addParents(path);
            parts.forEach((part, segment) -> addPart(path + "/" + part, segment));
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.ARGUMENT && e.kind() != Kind.CORRUPT) {
                throw e;
            }
            refuse(path, e);
        } catch (UnreadableFileException e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError | InternalError e) {
            // HDF5 files are read by several threads, and what one of them has met may come wrapped.
            SharedMemoryException full = full(e);
            if (full != null) {
                throw full;
            }
            refuse(path, e);
        }
    }

    private void add(String path, Segment segment, Map<String, Object> values) {
        entries.put(path, new Entry(segment, values));
        addParents(path);
    }

    /** Names of fields are those of a file, and may be any. */
    private void addPart(String path, Segment segment) {
        if (!checked(path, Map.of())) {
            return;
        }
        if (isInTheWay(path)) {
            refuse(path, new UnsupportedContentException(TAKEN));
        } else {
            add(path, segment, Map.of());
        }
    }

    private static @Nullable SharedMemoryException full(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SharedMemoryException known
                    && known.kind() != Kind.ARGUMENT
                    && known.kind() != Kind.CORRUPT) {
                return known;
            }
        }
        return null;
    }

    private void refuse(String path, Throwable e) {
        notLoaded.add(new NotLoaded(path, Reasons.of(e)));
    }

    void checkNotEmpty(List<String> files) {
        if (entries.isEmpty() && !notLoaded.isEmpty()) {
            NotLoaded first = notLoaded.get(0);
            throw new UnreadableFileException(
                    files.isEmpty() ? "the SELECT" : String.join(", ", files),
                    "nothing in it could be loaded; %s: %s".formatted(first.path(), first.reason()),
                    "something that can be",
                    "make or fetch it again");
        }
    }

    /** What is in the files and was not loaded, and why. */
    public List<NotLoaded> notLoaded() {
        return List.copyOf(notLoaded);
    }

    /** How many segments there are. */
    public int size() {
        return entries.size();
    }

    /** Of all segments; what is there under several paths counts once. */
    public long bytes() {
        return segments.values().stream()
                .flatMap(parts -> parts.values().stream())
                .mapToLong(Segment::length)
                .sum();
    }

    /**
     * Publishes it to stay, see {@link DatasetBuilder#publishPersistent}.
     *
     * @param overwrite whether a dataset of that name is replaced
     */
    public DatasetInfo publishPersistent(String name, boolean overwrite) {
        return dataset(name, overwrite).publishPersistent();
    }

    /**
     * Publishes it for as long as the result is open, see {@link DatasetBuilder#publishWhileOpen}.
     *
     * @param overwrite whether a dataset of that name is replaced
     */
    public Dataset publishWhileOpen(String name, boolean overwrite) {
        return dataset(name, overwrite).publishWhileOpen();
    }

    private DatasetBuilder dataset(String name, boolean overwrite) {
        DatasetBuilder builder = builder(name).attributes(attributes);
        groups.forEach(builder::group);
        entries.forEach((path, entry) -> builder.add(path, entry.segment, entry.attributes));
        return overwrite ? builder.overwrite() : builder;
    }

    private DatasetBuilder builder(String name) {
        return Datasets.of(pool).create(name);
    }

    @Override
    public void close() {
        segments.values().forEach(parts -> parts.values().forEach(Segment::close));
        segments.clear();
    }
}
