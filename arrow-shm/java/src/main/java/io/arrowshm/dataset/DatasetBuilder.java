package io.arrowshm.dataset;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.SegmentIdentity;
import io.arrowshm.internal.names.Attributes;
import io.arrowshm.internal.names.Content;
import io.arrowshm.internal.names.DatasetPaths;
import io.arrowshm.internal.names.Manifest;
import io.arrowshm.internal.names.NamedSlot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a dataset together. Nobody sees it before it is published, and how long it then lasts is said by the method that
 * publishes it: {@link #publishPersistent()} or {@link #publishWhileOpen()}. Unless {@link #overwrite()} was called, there
 * must be no dataset of its name yet. Attribute values are text, Boolean, integers up to long, finite float and double, and
 * arrays, lists and maps of these. One thread.
 */
public final class DatasetBuilder {
    private final SharedMemoryPool pool;
    private final String name;
    private final Map<String, Object> attributes = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> groups = new LinkedHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private boolean overwrite;

    DatasetBuilder(SharedMemoryPool pool, String name) {
        this.pool = pool;
        this.name = name;
    }

    /** Replaces a dataset of that name if there is one. Readers see the old one or the new one; holds on the old stay. */
    public DatasetBuilder overwrite() {
        overwrite = true;
        return this;
    }

    /** Sets an attribute of the whole dataset. */
    public DatasetBuilder attribute(String key, Object value) {
        return attributes(Map.of(key, value));
    }

    /** Sets attributes of the whole dataset. */
    public DatasetBuilder attributes(Map<String, ?> values) {
        attributes.putAll(Attributes.copyOf(values));
        return this;
    }

    /** Sets the attributes of a group; groups without attributes exist by what lies in them. */
    public DatasetBuilder group(String path, Map<String, ?> values) {
        groups.put(DatasetPaths.check("group", path), Attributes.copyOf(values));
        return this;
    }

    /** Adds a segment without attributes, described by its type and shape or its columns; see {@link #add(String, Segment, Map, String)}. */
    public DatasetBuilder add(String path, Segment segment) {
        return add(path, segment, Map.of());
    }

    /** Adds a segment, described by its type and shape or its columns; see {@link #add(String, Segment, Map, String)}. */
    public DatasetBuilder add(String path, Segment segment, Map<String, ?> values) {
        return add(path, segment, values, SegmentDescription.of(segment));
    }

    /**
     * Adds a segment. It may be in the dataset at other paths, and in other datasets: its memory is free when the last of
     * its names is gone and nobody holds it.
     *
     * @param path groups and name, such as {@code images/train}
     * @param segment of this pool, sealed or shared mutable; the caller keeps the handle, open until the dataset is
     *     published
     * @param values attributes
     * @param description for listings, such as type and shape; at most 1000 characters
     * @throws SharedMemoryException ARGUMENT if there is one at that path, or the segment is not of this pool; CLOSED
     */
    public DatasetBuilder add(String path, Segment segment, Map<String, ?> values, String description) {
        DatasetPaths.check("segment", path);
        check(
                description.length() <= NamedSlot.MAX_DESCRIPTION_LENGTH,
                "description of " + description.length() + " characters for " + path + ", allowed "
                        + NamedSlot.MAX_DESCRIPTION_LENGTH);
        SegmentIdentity identity = Access.identity(segment, pool);
        NamedSlot named = new NamedSlot(
                path,
                identity.slot(),
                identity.generation(),
                identity.length(),
                description,
                Attributes.copyOf(values));
        check(entries.putIfAbsent(path, new Entry(segment, named)) == null, "there are two segments " + path);
        return this;
    }

    /**
     * Publishes the dataset to stay: until it is deleted or overwritten, or the host is rebooted, whoever ends or closes
     * what. Nothing is left to close. A segment in it that is shared stays mutable for all who open it, until one that
     * alone holds it seals it.
     *
     * @return what is known of it
     * @throws SharedMemoryException EXISTS if it is there and is not to be overwritten; IN_USE if others
     *     are changing names for too long; ARGUMENT; FULL; CLOSED
     */
    public DatasetInfo publishPersistent() {
        try (Dataset dataset = publish(true)) {
            return dataset.info();
        }
    }

    /**
     * Publishes the dataset for as long as the handle that this returns is open, and at most until this process has closed
     * its last handle on the pool, or has ended in any way. Closing the handle removes the dataset from the pool; who has
     * it open keeps what it reads.
     *
     * @return a handle on it, with holds of its own
     * @throws SharedMemoryException EXISTS if it is there and is not to be overwritten; IN_USE if others
     *     are changing names for too long; ARGUMENT; FULL; CLOSED
     */
    public Dataset publishWhileOpen() {
        return publish(false);
    }

    private Dataset publish(boolean persistent) {
        DatasetPaths.checkTree(entries.keySet(), groups.keySet());
        Map<String, Segment> held = new LinkedHashMap<>();
        boolean published = false;
        try {
            entries.forEach((path, entry) -> held.put(path, entry.segment.retain()));
            List<NamedSlot> segments = new ArrayList<>();
            entries.values().forEach(entry -> segments.add(entry.named));
            Content content = new Content(persistent, Map.copyOf(attributes), Map.copyOf(groups), segments);
            Manifest manifest = Access.withNames(pool, names -> names.publish(name, content, overwrite));
            published = true;
            return new Dataset(pool, name, manifest, held, !persistent);
        } finally {
            if (!published) {
                held.values().forEach(Segment::close);
            }
        }
    }

    private void check(boolean condition, String message) {
        if (!condition) {
            throw new SharedMemoryException(Kind.ARGUMENT, "dataset " + name + ": " + message);
        }
    }

    private record Entry(Segment segment, NamedSlot named) {}
}
