package io.arrowshm.flink;

import io.arrowshm.array.MutableNdArray;
import java.io.Serializable;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.functions.Function;

/**
 * Fills one array for each element of a stream. May be a rich function, if it has something to open.
 *
 * @param <T> the elements
 */
@PublicEvolving
@FunctionalInterface
public interface ArrayFiller<T> extends Function, Serializable {
    /** Writes every element of the array: what is in it before may be anything. */
    void fill(T element, MutableNdArray array) throws Exception;
}
