package io.arrowshm.benchmark.flink.record;

import java.io.Serializable;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.jspecify.annotations.Nullable;

/**
 * Records of one type that hold an array of doubles. Every one is filled anew by one copy of memory, from a template that
 * stays in the cache, and its first element says which it is. One thread.
 *
 * @param <T> records
 */
public interface RecordFormat<T> extends Serializable {
    /** What Flink makes serializers of. */
    TypeInformation<T> type();

    /**
     * A record with a copy of the template.
     *
     * @param number that becomes its first element
     * @param last the record that was made before, which Flink does not keep; null for the first one
     */
    T fill(long number, double[] template, @Nullable T last);

    /** One of the elements. */
    double at(T record, int index);

    /** The sum of all elements. */
    double sum(T record);
}
