package io.arrowshm.flink;

import io.arrowshm.SegmentWriter;
import java.io.Serializable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.functions.Function;

/**
 * Fills one segment for each element of a stream. May be a rich function, if it has something to open.
 *
 * @param <T> the elements
 */
@PublicEvolving
@FunctionalInterface
public interface SegmentFiller<T> extends Function, Serializable {
    /**
     * Writes the values and the row count into {@link SegmentWriter#root()}. The writer is sealed, or after an exception
     * closed, by the caller.
     */
    void fill(T element, SegmentWriter writer) throws Exception;
}
