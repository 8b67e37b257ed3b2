package io.arrowshm.flink.source.reader;

import io.arrowshm.PoolOptions;
import java.io.Serializable;
import org.apache.flink.annotation.Internal;

/**
 * How splits are read.
 *
 * @param poolOptions that they are in
 * @param rowsReader that makes elements of rows
 * @param rowsPerRecord at most that it gets at once
 * @param wholeSegments whether each segment counts as one row
 * @param reportsRead whether the enumerator is told which splits are read
 */
@Internal
public record ReadOptions<T>(
        PoolOptions poolOptions,
        RowsReader<T> rowsReader,
        long rowsPerRecord,
        boolean wholeSegments,
        boolean reportsRead)
        implements Serializable {}
