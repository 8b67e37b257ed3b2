package io.arrowshm.dataset;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.dataset.DatasetInfo.SegmentInfo;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.names.DatasetPaths;
import io.arrowshm.internal.names.Manifest;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * A handle on one publication of a dataset, with a hold on each of its segments until it is closed: all of them are of
 * that publication, whatever others do to the name. Closing it changes nothing for others, except for the handle that
 * {@link DatasetBuilder#publishWhileOpen()} returned: with that one the publication ends. Any thread.
 */
public final class Dataset implements AutoCloseable {
    private final SharedMemoryPool pool;
    private final DatasetInfo info;
    private final Manifest manifest;
    private final Map<String, Segment> segments;
    private final boolean endsWithHandle;
    private boolean closed;

    /** Takes the segments over. */
    Dataset(
            SharedMemoryPool pool,
            String name,
            Manifest manifest,
            Map<String, Segment> segments,
            boolean endsWithHandle) {
        this.pool = pool;
        this.info = DatasetInfo.of(name, manifest);
        this.manifest = manifest;
        this.segments = segments;
        this.endsWithHandle = endsWithHandle;
    }

    /** The name that it had when it was opened. */
    public String name() {
        return info.name();
    }

    public DatasetInfo info() {
        return info;
    }

    /** The attributes of the whole dataset; groups and segments have their own. */
    public Map<String, Object> attributes() {
        return info.attributes();
    }

    /**
     * A segment, which the dataset closes: retain it to keep it longer.
     *
     * @param path groups and name
     * @throws SharedMemoryException ABSENT if there is none, CLOSED
     */
    public synchronized Segment segment(String path) {
        if (closed) {
            throw new SharedMemoryException(Kind.CLOSED, "the dataset " + name() + " is closed");
        }
        Segment segment = segments.get(path);
        if (segment == null) {
            throw noSegment(path);
        }
        return segment;
    }

    /**
     * An array, in place, to be read only. It is closed with the dataset.
     *
     * @param path groups and name
     * @throws SharedMemoryException ABSENT if there is no such segment, ARGUMENT if it is no array, CORRUPT, CLOSED
     */
    public NdArray array(String path) {
        Segment segment = segment(path);
        if (!segment.isArray()) {
            throw notOfKind(path, "no array; read it with batch, or as a segment");
        }
        return segment.array();
    }

    /**
     * An array that is shared for writing, in place: whoever has it open sees what others write, as they write it. It is
     * closed with the dataset. Once nobody else has it open, {@code segment(path).seal()} makes it immutable.
     *
     * @param path groups and name
     * @throws SharedMemoryException ABSENT if there is no such segment; ARGUMENT if it is no array, or is immutable; CORRUPT;
     *     CLOSED
     */
    public MutableNdArray mutableArray(String path) {
        Segment segment = segment(path);
        if (!segment.isArray()) {
            throw notOfKind(path, "no array; read it with batch, or as a segment");
        }
        return segment.mutableArray();
    }

    /**
     * A segment's only record batch, in place, to be read only. It is closed with the dataset.
     *
     * @param path groups and name
     * @throws SharedMemoryException ABSENT if there is no such segment; ARGUMENT if it is an array, or has not exactly one
     *     batch: open {@link Segment#root(int)} of the segment then; CORRUPT; CLOSED
     */
    public VectorSchemaRoot batch(String path) {
        Segment segment = segment(path);
        if (segment.isArray()) {
            throw notOfKind(path, "an array, no record batch; read it with array");
        }
        return segment.root();
    }

    /** The group that everything lies in. */
    public Group root() {
        return new Group(this, "");
    }

    /**
     * A group.
     *
     * @throws SharedMemoryException ABSENT if there is none
     */
    public Group group(String path) {
        return root().group(path);
    }

    /**
     * Removes this publication, also if it was renamed; nothing happens if it was removed or overwritten meanwhile. The
     * handle stays good.
     *
     * @throws SharedMemoryException IN_USE
     */
    public void remove() {
        Access.withNames(pool, names -> {
            names.delete(name(), manifest);
            return true;
        });
    }

    /** Releases the holds, and ends the publication if this is the handle that it lasts with. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (endsWithHandle) {
                removePublication();
            }
        } finally {
            segments.values().forEach(Segment::close);
        }
    }

    Map<String, Object> groupAttributes(String path) {
        return path.isEmpty() ? info.attributes() : manifest.content().groups().getOrDefault(path, Map.of());
    }

    boolean hasGroup(String path) {
        return manifest.content().groups().containsKey(path);
    }

    SegmentInfo segmentInfo(String path) {
        return info.segments().stream()
                .filter(segment -> segment.path().equals(path))
                .findFirst()
                .orElseThrow(() -> noSegment(path));
    }

    /** Names of the groups, or of the segments, that lie directly in a group. */
    SortedSet<String> children(String group, boolean groups) {
        SortedSet<String> children = new TreeSet<>();
        info.segments().forEach(segment -> addChild(children, group, segment.path(), groups, false));
        if (groups) {
            manifest.content().groups().keySet().forEach(path -> addChild(children, group, path, true, true));
        }
        return children;
    }

    private static void addChild(
            SortedSet<String> children, String group, String path, boolean groups, boolean isGroup) {
        if (path.equals(group) || !DatasetPaths.isWithin(group, path)) {
            return;
        }
        String rest = group.isEmpty() ? path : path.substring(group.length() + 1);
        int end = rest.indexOf('/');
        if ((end >= 0 || isGroup) == groups) {
            children.add(end < 0 ? rest : rest.substring(0, end));
        }
    }

    private SharedMemoryException notOfKind(String path, String what) {
        return new SharedMemoryException(
                Kind.ARGUMENT, "the segment " + path + " of the dataset " + name() + " is " + what);
    }

    private SharedMemoryException noSegment(String path) {
        return new SharedMemoryException(
                Kind.ABSENT,
                "there is no segment " + path + " in the dataset " + name() + "; see what its groups hold");
    }

    private void removePublication() {
        try {
            remove();
        } catch (SharedMemoryException e) {
            // With its last handle on the pool this process has removed what ends with it.
            if (e.kind() != Kind.CLOSED) {
                throw e;
            }
        }
    }
}
