package io.arrowshm.flink.source.split;

import io.arrowshm.Segment;
import io.arrowshm.array.NdArray;
import java.util.Arrays;
import org.apache.flink.annotation.Internal;

/**
 * The rows of a segment: what lies along the first axis of its array, where an array without axes is one row; or the rows
 * of its record batches, one batch after the other. Any thread.
 */
@Internal
public final class RowIndex {
    private final long[] ends;

    private RowIndex(long[] ends) {
        this.ends = ends;
    }

    /** @throws io.arrowshm.error.SharedMemoryException CORRUPT if the segment cannot be read, CLOSED */
    public static RowIndex of(Segment segment) {
        if (segment.isArray()) {
            NdArray array = segment.array();
            return ofBatches(array.dimensions() == 0 ? 1 : array.length(0));
        }
        long[] rows = new long[segment.batchCount()];
        Arrays.setAll(rows, batch -> segment.root(batch).getRowCount());
        return ofBatches(rows);
    }

    /** @param rows of each batch */
    static RowIndex ofBatches(long... rows) {
        long[] ends = rows.clone();
        Arrays.parallelPrefix(ends, Long::sum);
        return new RowIndex(ends);
    }

    /** In all. */
    public long rows() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    /** The batch that a row lies in, 0 for an array. */
    public int batch(long row) {
        int found = Arrays.binarySearch(ends, row + 1);
        int batch = found >= 0 ? found : -found - 1;
        // Of batches without rows that end at the same place, the first has the row.
        while (batch > 0 && ends[batch - 1] == ends[batch]) {
            batch--;
        }
        return batch;
    }

    /** First row of a batch. */
    public long start(int batch) {
        return batch == 0 ? 0 : ends[batch - 1];
    }

    /** One past the last row of a batch. */
    public long end(int batch) {
        return ends[batch];
    }
}
