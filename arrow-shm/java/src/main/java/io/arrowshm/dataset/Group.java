package io.arrowshm.dataset;

import io.arrowshm.Segment;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.dataset.DatasetInfo.SegmentInfo;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.Map;
import java.util.SortedSet;
import org.apache.arrow.vector.VectorSchemaRoot;

/** A group of a dataset: segments and further groups. Good while the dataset is open. Any thread. */
public final class Group {
    private final Dataset dataset;
    private final String path;

    Group(Dataset dataset, String path) {
        this.dataset = dataset;
        this.path = path;
    }

    /** From the root of the dataset, with '/' between the parts; empty for the root. */
    public String path() {
        return path;
    }

    public Map<String, Object> attributes() {
        return dataset.groupAttributes(path);
    }

    /** Names of the groups that lie directly in this one. */
    public SortedSet<String> groups() {
        return dataset.children(path, true);
    }

    /** Names of the segments that lie directly in this group. */
    public SortedSet<String> segments() {
        return dataset.children(path, false);
    }

    /**
     * A group in this one, at any depth.
     *
     * @throws SharedMemoryException ABSENT if there is none
     */
    public Group group(String relativePath) {
        Group group = new Group(dataset, within(relativePath));
        if (group.groups().isEmpty() && group.segments().isEmpty() && !dataset.hasGroup(group.path)) {
            throw new SharedMemoryException(
                    Kind.ABSENT,
                    "there is no group " + group.path + " in the dataset " + dataset.name() + "; groups here: "
                            + groups());
        }
        return group;
    }

    /**
     * A segment in this group, at any depth; the dataset closes it.
     *
     * @throws SharedMemoryException ABSENT if there is none, CLOSED
     */
    public Segment segment(String relativePath) {
        return dataset.segment(within(relativePath));
    }

    /**
     * An array in this group, at any depth, in place, to be read only. It is closed with the dataset.
     *
     * @throws SharedMemoryException ABSENT if there is no such segment, ARGUMENT if it is no array, CORRUPT, CLOSED
     */
    public NdArray array(String relativePath) {
        return dataset.array(within(relativePath));
    }

    /**
     * An array in this group, at any depth, that is shared for writing, see {@link Dataset#mutableArray}.
     *
     * @throws SharedMemoryException ABSENT if there is no such segment; ARGUMENT if it is no array, or is immutable; CORRUPT;
     *     CLOSED
     */
    public MutableNdArray mutableArray(String relativePath) {
        return dataset.mutableArray(within(relativePath));
    }

    /**
     * The only record batch of a segment in this group, at any depth, in place, to be read only. It is closed with the
     * dataset.
     *
     * @throws SharedMemoryException ABSENT if there is no such segment; ARGUMENT if it is an array, or has not exactly one
     *     batch; CORRUPT; CLOSED
     */
    public VectorSchemaRoot batch(String relativePath) {
        return dataset.batch(within(relativePath));
    }

    /**
     * What is known of a segment in this group, at any depth.
     *
     * @throws SharedMemoryException ABSENT if there is none
     */
    public SegmentInfo info(String relativePath) {
        return dataset.segmentInfo(within(relativePath));
    }

    private String within(String relativePath) {
        return path.isEmpty() ? relativePath : path + "/" + relativePath;
    }
}
