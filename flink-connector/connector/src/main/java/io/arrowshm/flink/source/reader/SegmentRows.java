package io.arrowshm.flink.source.reader;

import io.arrowshm.Segment;
import io.arrowshm.array.NdArray;
import io.arrowshm.flink.source.split.NamedSegment;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.flink.annotation.PublicEvolving;

/**
 * Some rows of a segment, in place, on loan until {@link RowsReader#read} returns: what is kept longer is to be copied, or
 * {@linkplain Segment#retain() retained}. On the task's thread.
 */
@PublicEvolving
public final class SegmentRows {
    private final NamedSegment named;
    private final Segment segment;
    private final int batch;
    private final long fromRow;
    private final long toRow;

    SegmentRows(NamedSegment named, Segment segment, int batch, long fromRow, long toRow) {
        this.named = named;
        this.segment = segment;
        this.batch = batch;
        this.fromRow = fromRow;
        this.toRow = toRow;
    }

    /** Name of the dataset, when it was found. */
    public String dataset() {
        return named.dataset();
    }

    /** The path of the segment in its dataset. */
    public String path() {
        return named.path();
    }

    /** The whole segment; the source closes it. */
    public Segment segment() {
        return segment;
    }

    /** First row: along the first axis of the array, or in {@link #batch()}. */
    public long fromRow() {
        return fromRow;
    }

    /** One past the last row. */
    public long toRow() {
        return toRow;
    }

    /**
     * These rows of an array and no others; an array without axes whole.
     *
     * @throws io.arrowshm.error.SharedMemoryException CORRUPT if the segment is not an array
     */
    public NdArray array() {
        NdArray array = segment.array();
        return array.dimensions() == 0 ? array : array.slice(0, fromRow, toRow);
    }

    /**
     * The record batch that these rows lie in, whole.
     *
     * @throws io.arrowshm.error.SharedMemoryException CORRUPT if the segment has no batches
     */
    public VectorSchemaRoot batch() {
        return segment.root(batch);
    }
}
