package io.arrowshm.load.internal;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.load.file.Selection;
import io.arrowshm.load.file.UnreadableFileException;
import java.util.Map;
import java.util.function.LongConsumer;

/** Something in a file that becomes a segment, or a table that becomes several. One thread. */
public interface Item {
    /** Where it lies in the file: groups and name. */
    String path();

    /** Equal for what is the same under several paths, and is loaded once. */
    Object identity();

    Map<String, Object> attributes();

    /** Type and shape, or columns, for people. */
    String description();

    /** What is going to be moved, as well as it is known before. */
    long bytes();

    /**
     * A part of it.
     *
     * @throws UnreadableFileException if it has no such part
     */
    Item select(Selection selection);

    /**
     * Loads it.
     *
     * @param moved is told how many bytes more were moved
     * @return its segments, to be closed by the caller, by their paths in it; one that is all of it has an empty path
     */
    Map<String, Segment> load(SharedMemoryPool pool, LongConsumer moved);

    /** Itself, or what makes a group of it with an array of each field, if it is an array of structures. */
    default Item split() {
        return this;
    }
}
