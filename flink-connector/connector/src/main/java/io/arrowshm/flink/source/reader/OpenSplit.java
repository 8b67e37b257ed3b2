package io.arrowshm.flink.source.reader;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.source.split.DatasetSplit;
import io.arrowshm.flink.source.split.RowIndex;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** A split that is being read, with a hold on its segment until it is closed. One thread. */
final class OpenSplit implements AutoCloseable {
    private final Segment segment;
    private final @Nullable RowIndex rows;
    private DatasetSplit split;

    private OpenSplit(DatasetSplit split, Segment segment, @Nullable RowIndex rows) {
        this.split = split;
        this.segment = segment;
        this.rows = rows;
    }

    /**
     * Opens it where it was left.
     *
     * @throws SharedMemoryException STALE_REFERENCE if the dataset was removed or overwritten; CORRUPT if the segment
     *     cannot be read
     */
    static OpenSplit open(SharedMemoryPool pool, DatasetSplit split, boolean wholeSegments) {
        Segment segment = split.segment().open(pool);
        boolean opened = false;
        try {
            RowIndex rows = wholeSegments ? null : RowIndex.of(segment);
            long count = rows == null ? 1 : rows.rows();
            if (split.to() > count) {
                throw new SharedMemoryException(
                        Kind.CORRUPT,
                        "the split " + split.splitId() + " of a segment with " + count
                                + " rows: the state is damaged, or of a source that reads differently");
            }
            opened = true;
            return new OpenSplit(split, segment, rows);
        } finally {
            if (!opened) {
                segment.close();
            }
        }
    }

    /** With the position that has been reached. */
    DatasetSplit split() {
        return split;
    }

    /** Reads the next rows, of one batch; the position moves on when all that is made of them was emitted. */
    <T> void readNext(RowsReader<T> reader, long rowsPerRecord, Collector<T> out) throws Exception {
        long from = split.position();
        long to = from + Math.min(rowsPerRecord, split.to() - from);
        int batch = 0;
        long start = 0;
        if (rows != null) {
            batch = rows.batch(from);
            start = rows.start(batch);
            to = Math.min(to, rows.end(batch));
        }
        reader.read(new SegmentRows(split.segment(), segment, batch, from - start, to - start), out);
        split = split.withPosition(to);
    }

    @Override
    public void close() {
        segment.close();
    }
}
