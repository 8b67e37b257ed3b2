package io.arrowshm.flink.source.enumerator;

import java.io.Serializable;
import org.apache.flink.annotation.PublicEvolving;

/** Into how many splits a segment is cut: runs of rows of the same length, give or take one. */
@PublicEvolving
@FunctionalInterface
public interface SplitPolicy extends Serializable {
    /**
     * How many splits.
     *
     * @param dataset name
     * @param path of the segment in it
     * @param rows that the segment has, at least 1
     * @param parallelism of the source
     * @return from 1; more than there are rows mean one for each row
     */
    int splits(String dataset, String path, long rows, int parallelism);

    /** As many splits as the source has readers: for arrays that are large or few. This is the default. */
    static SplitPolicy byParallelism() {
        return (dataset, path, rows, parallelism) -> parallelism;
    }

    /** Each segment whole: for many that are small. */
    static SplitPolicy bySegment() {
        return (dataset, path, rows, parallelism) -> 1;
    }
}
