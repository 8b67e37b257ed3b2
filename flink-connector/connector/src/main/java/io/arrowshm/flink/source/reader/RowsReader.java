package io.arrowshm.flink.source.reader;

import java.io.Serializable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.util.Collector;

/** Makes the elements of a stream of rows that lie in shared memory. One for each reader, on the task's thread. */
@PublicEvolving
@FunctionalInterface
public interface RowsReader<T> extends Serializable {
    /**
     * Collects any number of elements. After a failure it gets the same rows again unless a checkpoint says that all of
     * them were read, so rows that go together belong into one call.
     *
     * @param rows on loan until this returns
     * @param out goes to whatever is chained behind the source before {@code collect} returns
     * @throws Exception fails the job
     */
    void read(SegmentRows rows, Collector<T> out) throws Exception;
}
