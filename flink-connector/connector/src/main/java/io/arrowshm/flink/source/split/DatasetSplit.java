package io.arrowshm.flink.source.split;

import org.apache.flink.annotation.Internal;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * A partition of a segment, and how far it has been read.
 *
 * @param segment that it is of
 * @param from first row; of a source that reads whole segments, each is one row
 * @param to one past the last row
 * @param position next row to read, {@code to} if all are read
 */
@Internal
public record DatasetSplit(NamedSegment segment, long from, long to, long position) implements SourceSplit {
    public DatasetSplit {
        if (from < 0 || position < from || to < position) {
            throw new IllegalArgumentException("from=" + from + ", position=" + position + ", to=" + to
                    + ", allowed are three that ascend from 0");
        }
    }

    /** A partition of which nothing has been read yet. */
    public DatasetSplit(NamedSegment segment, long from, long to) {
        this(segment, from, to, from);
    }

    /** Differs between any two partitions, also of datasets that had the same name one after the other. */
    @Override
    public String splitId() {
        return segment.dataset() + ":" + segment.path() + "[" + from + "," + to + ")@" + segment.slot() + "."
                + Long.toHexString(segment.generation());
    }

    public DatasetSplit withPosition(long newPosition) {
        return new DatasetSplit(segment, from, to, newPosition);
    }

    public boolean isRead() {
        return position == to;
    }
}
